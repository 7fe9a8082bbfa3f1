package dev.torc.fresh;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.CheckedFile;
import dev.torc.bytes.StringTable;
import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.plan.MachineInputs;
import dev.torc.plan.PlanContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * What the last build left fresh: the jobs that were up to date in the end, with the stamps of all
 * files that decided this. As long as the graph, the caller's declared variables and the database
 * are the same, a fresh job is up to date if each of its files has the same stamp or the same
 * bytes: its verdict depends on nothing else. So a build in which nothing moved looks at each file
 * once and at nothing else, and an edit costs the jobs behind it. Beside the fresh jobs stand the
 * dirty jobs: every build decides them anew, but a watch only when one of their files changes.
 * {@link FreshCollector} finds out which jobs can be fresh, {@link TouchedFiles} which files moved,
 * and which were only touched.
 *
 * <p>Opening the cache for work takes the file away, and a build puts another in its place when it
 * is over: after a crash there is none, and everything is looked at.
 *
 * @param held what the next build must find the same
 * @param number the number of the next build in the history
 * @param jobs the fresh jobs
 * @param dirty the jobs that are not fresh: they failed, did not run, always run, or depend on more
 *     than files
 * @param stamps the {@linkplain Stamp#numbers numbers} of each file's stamp, by the number of the
 *     file: the files of the graph first, then the further ones. The ctime is 0 if no stamp is
 *     known, and negative if it cannot be trusted; the size is -1 for a folder, -2 if nothing
 *     stands there, -3 for what is no file, -4 for a file that the build saw in two states
 * @param digests the digests of the same files; a folder has none
 * @param further the paths that the graph does not name: files that a depfile named, that a glob
 *     made or matches, or that stand in a folder, and the folders where these were looked for
 * @param extra for each job, the numbers of the files that it touches beside its named needs and
 *     products
 * @param stale the recorded products that no job of the graph declares or needs; null if not known
 */
public record FreshJobs(
    Held held,
    long number,
    BitSet jobs,
    BitSet dirty,
    long[] stamps,
    FreshDigests digests,
    StringTable further,
    ExtraFiles extra,
    List<String> stale) {

  /** How many numbers a stamp has; the next two constants are indexes of such numbers. */
  static final int WIDTH = Stamp.NUMBERS;

  static final int MTIME = 1;

  static final int CTIME = 2;

  /** In place of a folder's size: its times alone tell that names came or went. */
  static final long FOLDER = -1;

  /** In place of a size: nothing stands there, for example where a temporary product is gone. */
  static final long GONE = -2;

  /** In place of a size: a FIFO, or what cannot be looked at. */
  static final long OTHER = -3;

  /** In place of a size: the build saw the file in two states, so no stamp counts as the same. */
  static final long TORN = -4;

  private static final String LAYOUT = "torc rest 10";

  /** How many threads look at files at a time. */
  public static final int THREADS = Runtime.getRuntime().availableProcessors();

  /** Up to this many bytes, reading a file costs its system calls, not its bytes. */
  private static final int SMALL = 1 << 16;

  /**
   * What the next build must find the same, beside the files.
   *
   * @param graph the digest that names the graph
   * @param boot the boot's id: what the system had not yet written when it went down is lost
   * @param database the stamp of the database's file
   * @param journal what tells the records of a network root from earlier ones; else empty
   * @param caller the answers to questions about the caller's environment: the values of variables,
   *     and where programs are found ({@link MachineInputs#answer})
   */
  public record Held(
      Digest graph,
      String boot,
      Stamp database,
      String journal,
      SortedMap<String, Optional<String>> caller) {

    /** Returns a copy with the present answers to these questions as its {@code caller}. */
    Held with(MachineInputs machine, Iterable<String> questions) {
      SortedMap<String, Optional<String>> all = new TreeMap<>();
      questions.forEach(question -> all.put(question, machine.answer(question)));
      return new Held(graph, boot, database, journal, all);
    }

    /** Compares in place of a record's own {@code equals}, which is linked anew at every start. */
    boolean isSame(Held that) {
      return graph.equals(that.graph)
          && boot.equals(that.boot)
          && database.equals(that.database)
          && journal.equals(that.journal)
          && caller.equals(that.caller);
    }
  }

  /**
   * Reads what is fresh.
   *
   * @param file may be missing
   * @param now what must be the same, as it is now; its {@code caller} is not looked at
   * @param machine answers what manifests ask of the machine; it has searched nothing yet
   * @return null if nothing is fresh, or if something that must be the same is not
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
      Held held = held(in);
      if (!held.database().exists() || !held.isSame(now.with(machine, held.caller().keySet()))) {
        return null;
      }
      return new FreshJobs(
          held,
          in.number(),
          BitSet.valueOf(in.longs()),
          BitSet.valueOf(in.longs()),
          in.longs(),
          FreshDigests.in(file, bytes),
          StringTable.read(in),
          ExtraFiles.read(in),
          in.flag() ? in.list(ByteReader::text) : null);
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      return null; // another torc wrote it
    }
  }

  /**
   * What is fresh in another graph.
   *
   * @param whole whether each job of the earlier graph is the same in this one
   */
  public record Carried(FreshJobs fresh, boolean whole) {}

  /**
   * Carries what is fresh over to the graph of other build files of the same root.
   *
   * @param before the graph in which these jobs are fresh; whole, as {@code now} is
   * @return null if the verdicts in one graph say nothing about the other
   */
  public Carried carried(Graph before, Graph now) {
    return CarriedJobs.of(before, this, now);
  }

  /**
   * Returns what a build leaves fresh.
   *
   * @param context the context with which the build ended
   * @param held what the next build must find the same; its {@code caller} is filled in here
   * @param before what was fresh before the build, with the stamps that its files had when the
   *     build looked at them; null if nothing was
   * @param stayed the jobs of {@code before} that the build did not have to look at
   * @param build the id of the build that is over
   */
  public static FreshJobs after(
      PlanContext context, Held held, FreshJobs before, BitSet stayed, String build)
      throws IOException {
    return FreshCollector.of(context, held, before, stayed, build)
        .reread(context.graph(), context.basis().digests(), THREADS);
  }

  /** Returns a copy for the same graph under another name. */
  public FreshJobs of(Digest graph) {
    return with(new Held(graph, held.boot, held.database, held.journal, held.caller), stamps);
  }

  /** Returns a copy with the database's final stamp, and with what the journal says then. */
  public FreshJobs with(Stamp database, String journal) {
    return with(new Held(held.graph, held.boot, database, journal, held.caller), stamps);
  }

  /** Returns a copy that knows the stale products. */
  public FreshJobs with(List<String> paths) {
    return new FreshJobs(held, number, jobs, dirty, stamps, digests, further, extra, paths);
  }

  FreshJobs with(Held now, long[] others) {
    return new FreshJobs(now, number, jobs, dirty, others, digests, further, extra, stale);
  }

  /**
   * Reads small files once more whose stamps could not be trusted when they were read, and can be
   * by now (rule 4): products are read as soon as they are made. Otherwise the next build would
   * have to read them. Returns a copy with the new stamps.
   *
   * @param digests the memo of the build that is over: its clock and root count, not what it knows
   * @param threads how many may read
   */
  FreshJobs reread(Graph graph, DigestMemo digests, int threads) {
    BitSet late = new BitSet();
    for (int at = 0; at < stamps.length; at += WIDTH) {
      if (stamps[at + CTIME] < 0
          && (stamps[at] & ~Stamp.EXECUTABLE) <= SMALL
          && digests.isSafe(path(graph, at / WIDTH), stamps[at + MTIME], -stamps[at + CTIME])) {
        late.set(at / WIDTH);
      }
    }
    TouchedFiles read = new TouchedFiles(this, graph, digests.anew(), false);
    read.takeFrom(late, threads);
    return with(read.stamps());
  }

  /** Returns a copy with other stamps of some files; this one if the array is the same. */
  FreshJobs with(long[] others) {
    return others == stamps ? this : with(held, others);
  }

  /** Reads the digests, the rest of the file, before the file is removed. */
  public void readDigests() {
    digests.bytes();
  }

  /** Writes the file, under the build lock; no build may use the database any more. */
  public void write(Path file) throws IOException {
    ByteWriter out = new ByteWriter(CheckedFile.FREE);
    out.text(LAYOUT);
    held(out, held);
    out.number(number);
    out.longs(jobs.toLongArray());
    out.longs(dirty.toLongArray());
    out.longs(stamps);
    further.write(out);
    extra.write(out);
    out.flag(stale != null);
    if (stale != null) {
      out.list(stale, ByteWriter::text);
    }
    CheckedFile.write(file, out, List.of(List.of(digests.bytes())));
  }

  private static void held(ByteWriter out, Held held) {
    out.digest(held.graph);
    out.text(held.boot);
    out.known(new KnownDigest(held.database, null, true));
    out.text(held.journal);
    out.map(held.caller, (to, value) -> to.text(value.orElse(null)));
  }

  private static Held held(ByteReader in) {
    Digest graph = in.digest();
    String boot = in.text();
    Stamp database = in.known().stamp();
    String journal = in.text();
    SortedMap<String, Optional<String>> caller = in.map(from -> Optional.ofNullable(from.text()));
    return new Held(graph, boot, database, journal, caller);
  }

  /**
   * The outcome of a look at all files.
   *
   * @param fresh the same fresh jobs, with the present stamps of files that were only touched; the
   *     very same object if there is no new stamp to remember
   * @param dirty the jobs of the graph that have to be decided: those that are not fresh, and those
   *     with a file that may hold something else now
   */
  public record Looked(FreshJobs fresh, BitSet dirty) {}

  /**
   * Looks at each file once, and reads those that have another stamp and the same size.
   *
   * @param digests reads the files, each once; its clock says which stamps can be trusted next time
   * @param threads how many may look and read
   */
  public Looked look(Graph graph, StampSource source, DigestMemo digests, int threads) {
    TouchedFiles touched = new TouchedFiles(this, graph, digests, false);
    BitSet moved = touched.moved(source, null, threads);
    if (!moved.isEmpty()) {
      touched.takeFrom(moved, threads);
    }
    BitSet dirty = graph.allJobs();
    dirty.andNot(jobs);
    if (!moved.isEmpty()) {
      Files all = new Files(graph, extra.rows());
      jobs.stream().filter(job -> all.any(job, moved::get)).forEach(dirty::set);
    }
    return new Looked(with(touched.stamps()), dirty);
  }

  /**
   * Returns those of some fresh jobs that have a product with another stamp now. It looks at the
   * files that their globs and folders came down to as well.
   */
  public BitSet moved(Graph graph, StampSource source, BitSet some, int threads) {
    BitSet files = new BitSet(stamps.length / WIDTH);
    for (int job = some.nextSetBit(0); job >= 0; job = some.nextSetBit(job + 1)) {
      mark(graph.products(), job, files);
      mark(extra.rows(), job, files);
    }
    TouchedFiles look = new TouchedFiles(this, graph, null, false); // which reads none
    BitSet makers = new BitSet();
    BitSet moved = look.moved(source, files, threads);
    for (int file = moved.nextSetBit(0); file >= 0; file = moved.nextSetBit(file + 1)) {
      int maker = graph.makerOf(path(graph, file));
      if (maker >= 0) {
        makers.set(maker);
      }
    }
    makers.and(some);
    return makers;
  }

  private static void mark(Adjacency of, int job, BitSet files) {
    for (int i = of.from(job); i < of.to(job); i++) {
      files.set(of.at(i));
    }
  }

  /**
   * The files of jobs, by number.
   *
   * @param extra the files beside named needs and products
   */
  record Files(Graph graph, Adjacency extra) {

    /** Returns whether any file of a job passes the test; the rest is not tested then. */
    boolean any(int job, IntPredicate such) {
      return any(graph.needs(), job, such)
          || any(graph.products(), job, such)
          || any(extra, job, such);
    }

    static boolean any(Adjacency files, int job, IntPredicate such) {
      boolean any = false;
      for (int i = files.from(job); i < files.to(job) && !any; i++) {
        any = such.test(files.at(i));
      }
      return any;
    }
  }

  /** Returns the numbers of a stamp, as {@code stamps} has them. */
  static long[] numbers(Stamp stamp) {
    long[] numbers = stamp.numbers();
    numbers[0] = size(stamp.kind(), numbers[0]);
    numbers[CTIME] = Math.max(1, numbers[CTIME]);
    return numbers;
  }

  /** Returns the size of a file, or what stands in its place. */
  static long size(Stamp.FileKind kind, long size) {
    return switch (kind) {
      case FILE -> size;
      case FOLDER -> FOLDER;
      case MISSING -> GONE;
      case OTHER, LINK -> OTHER;
    };
  }

  /** Returns whether a file was there. */
  boolean isFile(int file) {
    return stamps[file * WIDTH + CTIME] != 0
        && (stamps[file * WIDTH] >= 0 || stamps[file * WIDTH] < TORN); // or executable
  }

  /** Returns the number of a path; negative where it has none. */
  int number(Graph graph, String path) {
    return FreshFiles.number(graph, further, path);
  }

  /** Returns whether each of these jobs is fresh or dirty. */
  public boolean knows(BitSet some) {
    return some.stream().allMatch(job -> jobs.get(job) || dirty.get(job));
  }

  /** Returns whether any of these jobs is fresh though a product that it made is gone. */
  public boolean lack(Graph graph, BitSet some) {
    IntPredicate gone = file -> stamps[file * WIDTH] == GONE;
    return some.stream()
        .filter(jobs::get)
        .anyMatch(j -> Files.any(graph.products(), j, gone) || Files.any(extra.rows(), j, gone));
  }

  /**
   * Returns the digest of a file, if the file still has this stamp; null if not, or if it is not
   * known.
   */
  public Digest digest(Graph graph, String path, Stamp stamp) {
    int file = number(graph, path);
    int at = file * WIDTH;
    boolean same =
        file >= 0
            && stamp.kind() == Stamp.FileKind.FILE
            && at + WIDTH <= stamps.length
            && Arrays.equals(stamps, at, at + WIDTH, stamp.numbers(), 0, WIDTH);
    return same ? digests.get(file) : null;
  }

  /** Returns the path of a file by its number. */
  String path(Graph graph, int file) {
    return FreshFiles.path(graph, further, file);
  }
}
