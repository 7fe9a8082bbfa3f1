package dev.torc.rest;

import dev.torc.bytes.Names;
import dev.torc.cache.Entry;
import dev.torc.cache.Made;
import dev.torc.cache.Result;
import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.Digests;
import dev.torc.hash.Known;
import dev.torc.hash.Stamp;
import dev.torc.plan.Footprint;
import dev.torc.plan.Members;
import dev.torc.plan.Scene;
import dev.torc.plan.Verdict;
import dev.torc.syntax.Walk;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds out, when a build is over, which jobs it leaves at {@linkplain Rest rest}: those that are
 * settled, and of which nothing but plain files decides. A verdict counts only with the very stamps
 * that it came from: where a build saw two states of a file, the jobs that touch it are decided
 * once more, and where two jobs came to rest by different stamps of one file, neither is at rest. A
 * file whose stamp cannot be trusted yet (rule 4), as that of a product made just now, keeps its
 * digest alone: the next build reads it, and decides nothing where the bytes are the same.
 */
public final class Resting {

  private static final int[] NONE = {};

  private final Scene scene;
  private final Graph graph;
  private final Digests digests;
  private final Set<String> replaced;
  private final Map<String, Integer> further = new HashMap<>();
  private final List<String> furtherPaths = new ArrayList<>();
  private final int[][] extra;
  private final Map<Integer, int[]> globs = new HashMap<>();
  private final Map<Integer, long[]> listed = new HashMap<>();
  private final BitSet jobs = new BitSet();
  private final BitSet torn = new BitSet();
  private final RestDigests contents;
  private long[] stamps;

  private Resting(Scene scene, Digests digests) {
    this.scene = scene;
    this.graph = scene.graph();
    this.digests = digests;
    this.replaced = digests.replaced();
    this.extra = new int[graph.jobs()][];
    this.stamps = new long[graph.files() * Rest.WIDTH];
    this.contents = RestDigests.of(graph.files());
  }

  /**
   * What is at rest now.
   *
   * @param held what the next build must find the same; its variables are found here
   * @param before what was at rest before the build, with the stamps that its files had when the
   *     build looked at them; null if nothing was
   * @param stayed the jobs of {@code before} that the build did not have to look at
   * @param env the caller's environment
   * @param number that the next build has in the history
   */
  public static Rest of(
      Scene scene,
      Digests digests,
      Rest.Held held,
      Rest before,
      BitSet stayed,
      Map<String, String> env,
      long number)
      throws IOException {
    Resting resting = new Resting(scene, digests);
    if (before != null) {
      resting.keep(before, stayed);
    }
    Set<String> variables = new TreeSet<>();
    if (before != null) {
      variables.addAll(before.held().caller().keySet());
    }
    for (int j = 0; j < resting.graph.jobs(); j++) {
      if (!stayed.get(j) && scene.records().isSettled(j) && resting.canRest(j)) {
        resting.add(j, variables);
      }
    }
    return resting.rest(held.with(env, variables), number);
  }

  private Rest rest(Rest.Held held, long number) {
    Adjacency.Builder rows = new Adjacency.Builder();
    for (int j = 0; j < extra.length; j++) {
      if (!torn.isEmpty() && jobs.get(j) && Arrays.stream(files(j)).anyMatch(torn::get)) {
        jobs.clear(j);
      }
      if (jobs.get(j) && extra[j] != null) {
        Arrays.stream(extra[j]).forEach(rows::add);
      }
      rows.endRow(false);
    }
    return new Rest(held, number, jobs, stamps, contents, Names.of(furtherPaths), rows.build());
  }

  /** All files of a job that decide about it, by number. */
  private int[] files(int job) {
    int[] needs = graph.needs().row(job);
    int[] products = graph.products().row(job);
    int[] more = extra[job] == null ? new int[0] : extra[job];
    int[] all = Arrays.copyOf(needs, needs.length + products.length + more.length);
    System.arraycopy(products, 0, all, needs.length, products.length);
    System.arraycopy(more, 0, all, needs.length + products.length, more.length);
    return all;
  }

  private void keep(Rest before, BitSet stayed) {
    contents.putFirst(before.digests(), graph.files()); // without a stamp, a digest says nothing
    int[] numbers = new int[before.further().size()]; // of the further files, once they were met
    Arrays.fill(numbers, -1);
    for (int j = stayed.nextSetBit(0); j >= 0; j = stayed.nextSetBit(j + 1)) {
      jobs.set(j);
      int[] known = before.extra().row(j);
      for (int i = 0; i < known.length; i++) {
        if (known[i] < graph.files()) {
          copy(before, known[i]);
        } else {
          known[i] = further(before, known[i], numbers);
        }
      }
      extra[j] = known.length == 0 ? null : known;
      for (Adjacency files : List.of(graph.needs(), graph.products())) {
        for (int i = files.from(j); i < files.to(j); i++) {
          copy(before, files.at(i));
        }
      }
    }
  }

  private void copy(Rest before, int file) {
    int at = file * Rest.WIDTH;
    System.arraycopy(before.stamps(), at, stamps, at, Rest.WIDTH);
  }

  /** The number of a file that the graph does not name, and that had another one before. */
  private int further(Rest before, int file, int[] numbers) {
    int at = file - graph.files();
    if (numbers[at] < 0) { // headers are those of many jobs
      int number = number(before.further().text(at));
      System.arraycopy(before.stamps(), file * Rest.WIDTH, stamps, number * Rest.WIDTH, Rest.WIDTH);
      contents.put(number, before.digests(), file);
      numbers[at] = number;
    }
    return numbers[at];
  }

  private int number(String path) {
    int file = graph.fileId(path);
    if (file >= 0) {
      return file;
    }
    Integer number = further.putIfAbsent(path, graph.files() + furtherPaths.size());
    if (number == null) {
      number = graph.files() + furtherPaths.size();
      furtherPaths.add(path);
      if (stamps.length <= number * Rest.WIDTH) {
        stamps = Arrays.copyOf(stamps, 2 * (number + 1) * Rest.WIDTH);
      }
    }
    return number;
  }

  /** Whether only plain files, and the results of other jobs, decide about a job. */
  private boolean canRest(int id) {
    Job job = graph.job(id);
    Result result = scene.records().result(id);
    boolean well = result != null && result.outcome().isGood() && result.moved().isEmpty();
    if (!well || job.always()) {
      return false;
    }
    for (String path : result.found()) {
      if (graph.makerOf(path) >= 0) {
        return false; // that job may run though no edge leads here
      }
    }
    for (Made made : result.products()) {
      if (made.kind() != Stamp.Kind.FILE) {
        return false;
      }
    }
    return job.productRefs().stream().noneMatch(Ref.OfFolder.class::isInstance);
  }

  /**
   * The files that a needed glob means, and the folders that were listed for them; none where more
   * decides about it. The folders are looked at before they are listed once more: whoever finds
   * their stamps again finds the same names.
   */
  private int[] glob(int list) throws IOException {
    int[] known = globs.get(list);
    if (known == null) {
      known = find(list);
      globs.put(list, known);
    }
    return known;
  }

  private int[] find(int list) throws IOException {
    Path root = graph.workflow().root();
    Members members = scene.contents().members(list);
    if (members.unreadable() != null) {
      return NONE;
    }
    List<String> folders = Walk.all(root, graph.list(list).glob()).folders();
    List<Stamp> before = new ArrayList<>();
    for (String folder : folders) {
      Stamp stamp = digests.stamp(folder);
      if (stamp.kind() != Stamp.Kind.FOLDER || !digests.isSafe(stamp)) {
        return NONE;
      }
      before.add(stamp);
    }
    Walk.Found now = Walk.all(root, graph.list(list).glob());
    Members again = scene.contents().again(list);
    if (!now.certain()
        || !now.folders().equals(folders)
        || members.entries().isEmpty()
        || !members.stale().isEmpty()
        || !again.stale().isEmpty()
        || !again.entries().equals(members.entries())) {
      return NONE;
    }
    for (int i = 0; i < before.size(); i++) {
      long[] numbers = before.get(i).numbers();
      numbers[0] = Rest.FOLDER;
      listed.put(number(folders.get(i)), numbers);
    }
    return Stream.concat(folders.stream(), members.entries().stream().map(Entry::name))
        .mapToInt(this::number)
        .toArray();
  }

  private void add(int id, Set<String> variables) throws IOException {
    Footprint footprint = scene.footprint(id);
    BitSet named = new BitSet();
    for (int file : files(id)) {
      named.set(file);
    }
    IntStream.Builder also = IntStream.builder();
    for (String path : footprint.files()) {
      addUnless(named, number(path), also);
    }
    for (Made made : scene.records().result(id).products()) {
      addUnless(named, number(made.path()), also);
    }
    for (int list : footprint.lists()) {
      if (graph.list(list).kind() == NeedList.Kind.JOB) {
        continue; // the result of another job
      }
      int[] glob = graph.list(list).kind() == NeedList.Kind.GLOB ? glob(list) : NONE;
      if (glob.length == 0) {
        return;
      }
      for (int file : glob) {
        also.add(file);
      }
    }
    int[] more = also.build().toArray();
    extra[id] = more.length == 0 ? null : more;
    boolean doubt = false;
    int[] files = files(id);
    for (int file : files) {
      if (listed.containsKey(file)) {
        continue;
      }
      String path = path(file);
      Known known = digests.last(path);
      if (known == null || known.stamp().kind() != Stamp.Kind.FILE) {
        extra[id] = null;
        return;
      }
      doubt |= replaced.contains(path);
    }
    if (doubt && !(scene.decide(id) instanceof Verdict.UpToDate)) {
      extra[id] = null;
      return;
    }
    jobs.set(id);
    for (int file : files) {
      long[] folder = listed.get(file);
      if (folder != null) {
        claim(file, folder);
      } else {
        Known known = digests.last(path(file));
        claim(file, numbers(known));
        contents.put(file, known.digest());
      }
    }
    variables.addAll(footprint.variables());
  }

  private static void addUnless(BitSet named, int file, IntStream.Builder also) {
    if (!named.get(file)) {
      also.add(file);
    }
  }

  private String path(int file) {
    return file < graph.files() ? graph.path(file) : furtherPaths.get(file - graph.files());
  }

  /** Of a file that may have changed without a trace, those that no file has: it is read again. */
  private static long[] numbers(Known known) {
    long[] numbers = known.stamp().numbers();
    if (!known.safe()) {
      numbers[Rest.CTIME] = -numbers[Rest.CTIME];
    }
    return numbers;
  }

  /** Remembers from which stamp a verdict came; two for one file decide nothing. */
  private void claim(int file, long[] stamp) {
    int at = file * Rest.WIDTH;
    if (stamps[at + Rest.CTIME] != 0
        && !Arrays.equals(stamps, at, at + Rest.WIDTH, stamp, 0, Rest.WIDTH)) {
      torn.set(file);
    }
    System.arraycopy(stamp, 0, stamps, at, Rest.WIDTH);
  }
}
