package dev.torc.features.fastpath;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.bytes.CheckedFile;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.manifest.MachineInputs;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * The jobs that were up to date after the last build, with the stamps of all files that decided
 * this. While the graph, the caller's declared variables and the database are the same, such a
 * <em>fresh</em> job is up to date if each of its files has the same stamp or bytes. So a build in
 * which no file changed looks at each file once and at nothing else, and an edit costs only the
 * jobs that depend on it. <em>Dirty</em> jobs are stored too: every build decides them again, but a
 * watch only if one of their files changes. {@link FreshCollector} finds the fresh jobs, {@link
 * TouchedFiles} the changed files.
 *
 * <p>These jobs are stored in a file. Opening the cache for work removes the file, and a build
 * writes a new one at its end. So after a crash there is no file, and the next build looks at
 * everything.
 *
 * @param number the number of the next build in the history
 * @param dirty the jobs that failed, did not run, always run, or depend on more than files
 * @param undeclared the recorded paths that no job declares; null if unknown
 */
public record FreshJobs(
    Held held, long number, BitSet jobs, BitSet dirty, SeenFiles files, List<String> undeclared) {

  private static final String LAYOUT = "torc rest 11";

  /** Up to this size in bytes, the system calls cost more than reading the bytes. */
  private static final int SMALL = 1 << 16;

  /**
   * The state, besides the files, that must be the same in the next build.
   *
   * @param graph the digest that identifies the graph
   * @param boot the id of the system's boot: a crash loses data that was not on disk
   * @param database the stamp of the database's file
   * @param journal the state of a network root's records; else empty
   * @param caller the answers to {@link MachineInputs#answer questions} about the caller's
   *     environment
   */
  public record Held(
      Digest graph,
      String boot,
      Stamp database,
      String journal,
      SortedMap<String, Optional<String>> caller) {

    Held with(MachineInputs machine, Iterable<String> questions) {
      SortedMap<String, Optional<String>> all = new TreeMap<>();
      questions.forEach(question -> all.put(question, machine.answer(question)));
      return new Held(graph, boot, database, journal, all);
    }

    /** Compares without the record's own {@code equals}, which costs linking at every start. */
    boolean isSame(Held that) {
      return graph.equals(that.graph)
          && boot.equals(that.boot)
          && database.equals(that.database)
          && journal.equals(that.journal)
          && caller.equals(that.caller);
    }
  }

  /**
   * Reads the file; returns null if it is missing or anything besides files changed. The {@code
   * caller} of {@code now} is ignored: {@code machine}, which must not have searched yet, gives the
   * answers.
   */
  public static FreshJobs read(Path file, Held now, MachineInputs machine) {
    byte[] bytes = CheckedFile.read(file);
    try {
      if (bytes == null) {
        return null;
      }
      ByteReader in = new ByteReader(bytes, CheckedFile.FREE);
      if (!LAYOUT.equals(in.text())) {
        return null;
      }
      Held held = readHeld(in);
      if (!held.database().exists() || !held.isSame(now.with(machine, held.caller().keySet()))) {
        return null;
      }
      return new FreshJobs(
          held,
          in.number(),
          BitSet.valueOf(in.longs()),
          BitSet.valueOf(in.longs()),
          SeenFiles.read(in, file, bytes),
          in.flag() ? in.list(ByteReader::text) : null);
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      return null; // another version of torc wrote the file
    }
  }

  /**
   * The fresh jobs carried over to another graph. {@code whole} is whether every job of the earlier
   * graph is the same there.
   */
  public record Carried(FreshJobs fresh, boolean whole) {}

  /**
   * Carries jobs over to the graph of other build files of the same root; returns null if the
   * verdicts in one graph say nothing about the other. All groups of both graphs must be expanded.
   */
  public Carried carried(Graph before, Graph now) {
    return CarriedJobs.of(before, this, now);
  }

  /**
   * Returns the fresh and dirty jobs after a build.
   *
   * @param context the context with which the build ended
   * @param held the state to store; its {@code caller} is replaced
   * @param before the earlier fresh jobs, with the stamps that the build saw; null if there were
   *     none
   * @param stayed the jobs of {@code before} that the build did not have to decide
   * @param build the build's id
   */
  public static FreshJobs after(
      PlanContext context, Held held, FreshJobs before, BitSet stayed, String build)
      throws IOException {
    return FreshCollector.of(context, held, before, stayed, build)
        .reread(context.graph(), context.basis().digests(), SeenFiles.THREADS);
  }

  public FreshJobs with(Digest graph) {
    return with(new Held(graph, held.boot, held.database, held.journal, held.caller), files);
  }

  /** Returns a copy with the final state of the database and the journal. */
  public FreshJobs with(Stamp database, String journal) {
    return with(new Held(held.graph, held.boot, database, journal, held.caller), files);
  }

  public FreshJobs with(List<String> paths) {
    return new FreshJobs(held, number, jobs, dirty, files, paths);
  }

  FreshJobs with(Held now, SeenFiles others) {
    return new FreshJobs(now, number, jobs, dirty, others, undeclared);
  }

  /**
   * Returns a copy for which small files with untrusted stamps were read again, if their stamps can
   * be trusted by now (rule 4). Otherwise the next build would read all new products. Uses only the
   * clock and root of {@code digests}.
   */
  FreshJobs reread(Graph graph, DigestMemo digests, int threads) {
    BitSet late = new BitSet();
    long[] stamps = files.stamps();
    for (int file = 0; file < files.count(); file++) {
      int at = file * SeenFiles.WIDTH;
      long changed = stamps[at + SeenFiles.CTIME];
      if (files.isUnsafe(file)
          && files.bytes(file) <= SMALL
          && digests.isSafe(files.path(graph, file), stamps[at + SeenFiles.MTIME], changed)) {
        late.set(file);
      }
    }
    TouchedFiles read = new TouchedFiles(files, graph, digests.emptyCopy(), false);
    read.removeTouched(late, threads);
    return with(files.with(read.stamps()));
  }

  private FreshJobs with(SeenFiles others) {
    return others == files ? this : with(held, others);
  }

  /** Reads the digests, which are the second part of the file. Call it before removing the file. */
  public void readDigests() {
    files.digests().bytes();
  }

  /** Writes the file. Requires the build lock and that no build uses the database anymore. */
  public void write(Path file) throws IOException {
    ByteWriter out = new ByteWriter(CheckedFile.FREE);
    out.text(LAYOUT);
    writeHeld(out, held);
    out.number(number);
    out.longs(jobs.toLongArray());
    out.longs(dirty.toLongArray());
    files.write(out);
    out.flag(undeclared != null);
    if (undeclared != null) {
      out.list(undeclared, ByteWriter::text);
    }
    CheckedFile.write(file, out, List.of(List.of(files.digests().bytes())));
  }

  private static void writeHeld(ByteWriter out, Held held) {
    out.digest(held.graph);
    out.text(held.boot);
    out.known(new KnownDigest(held.database, null, true));
    out.text(held.journal);
    out.map(held.caller, (to, value) -> to.text(value.orElse(null)));
  }

  private static Held readHeld(ByteReader in) {
    Digest graph = in.digest();
    String boot = in.text();
    Stamp database = in.known().stamp();
    String journal = in.text();
    SortedMap<String, Optional<String>> caller = in.map(from -> Optional.ofNullable(from.text()));
    return new Held(graph, boot, database, journal, caller);
  }

  /**
   * The result of {@link #look}. {@code fresh} is a copy with the new stamps of files that were
   * only touched, or the object itself if there are none. {@code dirty} has the jobs that must be
   * decided.
   */
  public record Looked(FreshJobs fresh, BitSet dirty) {}

  /** Returns how many threads should look at the files; see {@link SeenFiles#threads}. */
  public int threads(boolean cold) {
    return files.threads(cold);
  }

  /**
   * Looks at each file once, and reads a file if its stamp changed but not its size. The clock of
   * {@code digests} decides which stamps can be trusted next time.
   */
  public Looked look(Graph graph, StampSource source, DigestMemo digests, int threads) {
    TouchedFiles touched = new TouchedFiles(files, graph, digests, false);
    BitSet moved = touched.moved(source, null, threads);
    if (!moved.isEmpty()) {
      touched.removeTouched(moved, SeenFiles.THREADS);
    }
    BitSet dirty = graph.allJobs();
    dirty.andNot(jobs);
    if (!moved.isEmpty()) {
      jobs.stream().filter(anyOf(graph, moved)).forEach(dirty::set);
    }
    return new Looked(with(files.with(touched.stamps())), dirty);
  }

  /** Returns a test that accepts the jobs that touch any of the files {@code some}. */
  IntPredicate anyOf(Graph graph, BitSet some) {
    Adjacency extra = files.extra().rows();
    return job -> SeenFiles.any(job, some::get, graph.needs(), graph.products(), extra);
  }

  /**
   * Returns the jobs of {@code some} with a changed product, or a changed file in a folder product;
   * with {@code sources}, also those with any other changed file or folder.
   */
  public BitSet moved(Graph graph, StampSource source, BitSet some, boolean sources, int threads) {
    BitSet asked = new BitSet(files.count());
    for (int job = some.nextSetBit(0); job >= 0; job = some.nextSetBit(job + 1)) {
      mark(graph.products(), job, asked);
      mark(files.extra().rows(), job, asked);
      if (sources) {
        mark(graph.needs(), job, asked);
      }
    }
    TouchedFiles look = new TouchedFiles(files, graph, null, false); // reads no file
    BitSet jobs = new BitSet();
    BitSet moved = look.moved(source, asked, threads);
    for (int file = moved.nextSetBit(0); file >= 0; file = moved.nextSetBit(file + 1)) {
      int maker = graph.makerOf(files.path(graph, file));
      if (maker >= 0) {
        jobs.set(maker);
        moved.clear(file);
      }
    }
    jobs.and(some);
    if (sources && !moved.isEmpty()) {
      some.stream().filter(anyOf(graph, moved)).forEach(jobs::set);
    }
    return jobs;
  }

  private static void mark(Adjacency of, int job, BitSet files) {
    for (int i = of.from(job); i < of.to(job); i++) {
      files.set(of.at(i));
    }
  }

  /** Returns whether each of these jobs is fresh or dirty. */
  public boolean knows(BitSet some) {
    return some.stream().allMatch(job -> jobs.get(job) || dirty.get(job));
  }

  /** Returns whether any of these jobs is fresh although one of its products is missing. */
  public boolean lackProducts(Graph graph, BitSet some) {
    Adjacency extra = files.extra().rows();
    return some.stream()
        .filter(jobs::get)
        .anyMatch(job -> SeenFiles.any(job, files::isGone, graph.products(), extra));
  }

  /** Returns the digest of a file; null if it is unknown or if the file has another stamp. */
  public Digest digest(Graph graph, String path, Stamp stamp) {
    return files.digest(graph, path, stamp);
  }
}
