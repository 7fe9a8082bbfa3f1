package dev.torc.front.session;

import dev.torc.base.digests.FileClock;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.Signals;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.attempt.BuildSetup.Stop;
import dev.torc.core.attempt.Event;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.features.fastpath.WatchSnapshot;
import dev.torc.features.reading.BuildFile;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.Caller;
import dev.torc.front.project.GraphFile.FilesRead;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.session.BuildSession.FreshState;
import dev.torc.front.show.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Builds, and builds again each time a file that affects a job changes, until a signal arrives.
 * Each round is a separate build that loads the project again; only the fresh jobs are kept between
 * rounds ({@link WatchSnapshot}). A notice only triggers a check, which compares the files with
 * those that the build saw. So an edit during a build is found after that build.
 *
 * @param all whether to report each command when it starts and each job that is up to date
 * @param settle how many nanoseconds a round waits for a process that still writes a changed file
 */
public record WatchRounds(
    Caller caller,
    ProjectOptions options,
    FirstRound first,
    Supplier<Report> screen,
    boolean all,
    long settle,
    Signals signals) {

  /**
   * The request of the first round.
   *
   * @param build a build; later rounds do not run a job only because it is named
   * @param since selects the jobs of each round, the later ones too; null for all
   */
  public record FirstRound(BuildRequest build, Since since) {}

  /** What {@code --since} means. */
  public interface Since {
    /** Returns the names of the only jobs that may be targets, and tells why. */
    List<String> names(Project project, Consumer<String> say) throws IOException;
  }

  private static final long SECOND = 1_000_000_000;

  /** Nanoseconds without notices before a check, since editors write a file in several steps. */
  private static final long QUIET = SECOND / 20;

  /** If notices do not stop, files are checked after this many nanoseconds. */
  private static final long BUSY = SECOND;

  /** Nanoseconds between two checks if the kernel does not report all changes. */
  private static final long POLL = 2 * SECOND;

  /** The watch slows down after this many rounds in a row with the same change in a build. */
  private static final int CIRCLES = 3;

  /** The watch slows down after this many rounds in a row with any change in a build. */
  private static final int ROW = 10;

  static final long ENDLESS = Long.MAX_VALUE;

  private static final long PAUSE = 30 * SECOND;

  /** Builds until a signal arrives; returns its exit status. Throws for a wrong command line. */
  public int run() throws IOException {
    try (Notices kernel = new FolderNotices(FileSystems.getDefault())) {
      return run(kernel, System::nanoTime);
    }
  }

  /** Runs with the given notices instead of the kernel's; {@code clock} is in nanoseconds. */
  int run(Notices notices, LongSupplier clock) throws IOException {
    return new RunningWatch(notices, clock).run();
  }

  private final class RunningWatch {
    private final Notices notices;
    private final LongSupplier clock;
    private BuildRequest asked = first.build.inWatch();
    private Project project; // the last one that could be read
    private WatchSnapshot seen; // what the next check compares with
    private WatchSnapshot sources; // with `since`, of all jobs of the request; null without it
    private Stamp known = Stamp.MISSING; // of the last build's file of fresh jobs
    private String refused = ""; // why the last round did not begin; empty if it did
    private long took; // nanoseconds of the last round
    private StopRequests stops; // null before the root is known
    private Stop stop = Stop.NONE;
    private boolean lackTold;
    private Collection<String> circle = List.of();
    private int circles;
    private int row; // rounds that followed one another without a wait

    RunningWatch(Notices notices, LongSupplier clock) throws IOException {
      this.notices = notices;
      this.clock = clock;
      this.project = Project.without(caller);
    }

    int run() throws IOException {
      try {
        return rounds();
      } finally {
        if (stops != null) {
          stops.close();
        }
      }
    }

    private int rounds() throws IOException {
      Collection<String> changed = List.of();
      for (boolean first = true; ; first = false) {
        Collection<String> next;
        int exit;
        try (Report report = screen.get()) {
          if (!changed.isEmpty()) {
            report.accept(new Event.Changed(List.copyOf(changed)));
          }
          exit = round(report, first);
          if (exit > Exit.signal(0)) {
            return exit;
          }
          if (signals.last() != 0) { // the signal came at the end of the round
            return Exit.signal(signals.last());
          }
          next = news();
          tellCircles(next, report);
          if (next.isEmpty() && !isAsked()) {
            tellLack(report);
            report.accept(new Event.Watching(watched()));
          }
        }
        changed = next.isEmpty() && !isAsked() ? await() : next;
        if (isAsked()) {
          return stop == Stop.NOW ? Exit.signal(Kill.INT) : exit;
        }
      }
    }

    /** Returns whether {@code torc stop} has asked this watch to end. */
    private boolean isAsked() {
      if (stops != null && stop == Stop.NONE) {
        stops.show();
        stop = stops.of(null);
      }
      return stop != Stop.NONE;
    }

    private int round(Report report, boolean first) throws IOException {
      long began = System.nanoTime();
      BuildSession session = null;
      int exit;
      refused = "";
      try {
        if (stops == null) {
          stops = StopRequests.toWatch(caller.place(ProjectFolder.root(caller, options)));
        }
        project = Project.load(caller, options);
        session = BuildSession.of(project, selected(report));
        session.check(said -> report.accept(new Event.Note(Event.Level.WARNING, said)));
        asked = asked.again();
        exit = session.run(began, report, null, all, signals);
        project = session.project();
      } catch (BadInput | IOException | UncheckedIOException | CacheException trouble) {
        Exit said = Exit.of(trouble);
        boolean usage = said.status() == Exit.USAGE;
        boolean placeless = said.lines().stream().allMatch(line -> line.startsWith("torc: "));
        if (said.lines().isEmpty() || first && usage && placeless) {
          throw trouble; // the output has no reader, or the command line is wrong
        }
        refused = usage ? trouble.toString() : "";
        if (trouble instanceof BadInput bad) {
          bad.diagnostics().forEach(each -> report.accept(new Event.Note(Event.Level.ERROR, each)));
        } else {
          said.lines().forEach(l -> note(Event.Level.ERROR, l.replaceFirst("^torc: ", ""), report));
        }
        exit = said.status();
      }
      took = System.nanoTime() - began;
      if (exit <= Exit.signal(0)) {
        remember(session);
      }
      return exit;
    }

    /** Returns the request of this round. Edits from now on begin the next round. */
    private BuildRequest selected(Report report) throws IOException {
      if (first.since == null) {
        return asked;
      }
      BitSet all = project.select(asked.choice()).jobs();
      sources =
          WatchSnapshot.ofSources(project.graph(), all, project.stamps(), project.clock(), sources);
      List<String> names = first.since.names(project, line -> note(Event.Level.INFO, line, report));
      return asked.with(asked.choice().since(names));
    }

    private static void note(Event.Level level, String line, Report report) {
      report.accept(new Event.Note(level, line));
    }

    /**
     * Sets the state for the next check: the state that the build left or, if the build did not
     * finish, the state that it found. If the build did not begin, the earlier state stays.
     */
    private void remember(BuildSession session) throws IOException {
      if (session != null) {
        compareWith(session.freshState());
      } else if (seen == null) {
        compareWith(new FreshState(project.graph(), new BitSet(), null));
      }
      options.candidates(caller.cwd()).forEach(seen::add);
      notices.catchUp(project.settled().clock());
    }

    /** Sets the state for the next check, including the files that each round reads first. */
    private void compareWith(FreshState state) throws IOException {
      WatchSnapshot now =
          new WatchSnapshot(
              state.graph(), state.jobs(), state.fresh(), project.stamps(), project.clock());
      FilesRead read = project.buildFiles().read();
      for (BuildFile.Read source : read.sources()) {
        for (Path path : List.of(source.asked(), source.file())) {
          if (source.digest() != null && !path.endsWith(BuildFile.INPUT)) {
            now.addSource(path, source.digest());
          }
        }
      }
      now.addPatterns(read.patterns());
      if (seen != null) {
        now.follow(seen);
      }
      seen = now;
      known = FastPath.ownStamp(project, project.settled().rest());
    }

    /** Returns the changed files; waits a while for processes that still write one of them. */
    private SortedSet<String> news() throws IOException {
      SortedSet<String> changed = changes();
      long end = clock.getAsLong() + settle;
      while (clock.getAsLong() < end && seen.anyOpen(changed)) {
        awaitQuiet(QUIET);
        changed.addAll(lookAndListen());
      }
      return changed;
    }

    /** Returns the changed files, or none if all are products that another build made correctly. */
    private SortedSet<String> changes() throws IOException {
      SortedSet<String> changed = lookAndListen();
      while (seen.areMade(changed) && isBusy()) {
        changed.addAll(lookAndListen());
      }
      return seen.areMade(changed) && isOthersWork() ? changes() : changed;
    }

    /** Waits a moment if another build is running; returns whether one was. */
    private boolean isBusy() throws IOException {
      boolean busy = BuildLock.holder(project.settled()).isPresent();
      if (busy) {
        awaitQuiet(BUSY);
      }
      return busy;
    }

    /** Returns whether another build has run since; if so, takes over what it knows to be fresh. */
    private boolean isOthersWork() {
      try {
        FastPath other = FastPath.of(Project.load(caller, options), FileClock.none(), null);
        BitSet jobs = other.project().select(asked.choice()).jobs();
        boolean knows = other.fresh() != null && other.fresh().knows(jobs);
        if (!knows || other.file().stamp().equals(known)) {
          return false;
        }
        project = other.project();
        compareWith(new FreshState(project.graph(), jobs, other.fresh()));
        known = other.file().stamp();
        return true;
      } catch (BadInput | IOException | UncheckedIOException | CacheException trouble) {
        return false; // the next build reports it
      }
    }

    /** Returns the files that changed since the round; watches the folders where files are now. */
    private SortedSet<String> lookAndListen() throws IOException {
      SortedSet<String> changed = look();
      while (changed.isEmpty() && notices.follow(followed())) {
        changed = look(); // again, for changes before the notices began
      }
      return changed;
    }

    private int watched() {
      return sources == null
          ? seen.size()
          : (int) followed().stream().distinct().filter(Files::isRegularFile).count();
    }

    private SortedSet<String> look() {
      SortedSet<String> changed = seen.look();
      if (sources != null) {
        changed.addAll(sources.look());
      }
      return changed;
    }

    private List<Path> followed() {
      List<Path> files = seen.files();
      if (sources != null) {
        files.addAll(sources.files());
      }
      if (stops != null) {
        files.add(stops.file());
      }
      return files;
    }

    /** Waits for a change, or until {@code torc stop} asks this watch to end. */
    private Collection<String> await() throws IOException {
      while (true) {
        if (notices.await(patience())) {
          awaitQuiet(QUIET);
        }
        Collection<String> changed = news();
        if (!changed.isEmpty() || isAsked() || !refused.isEmpty() && !refused.equals(refusal())) {
          return changed;
        }
      }
    }

    /** Waits until no notice arrives for {@code pause} nanoseconds, but at most {@code BUSY}. */
    private void awaitQuiet(long pause) throws IOException {
      long end = clock.getAsLong() + BUSY;
      while (clock.getAsLong() < end && notices.await(pause)) {
        // wait again
      }
    }

    /** Returns the longest wait in nanoseconds: a refusal's cause may go away without a notice. */
    private long patience() {
      if (!refused.isEmpty()) {
        return Math.clamp(20 * took, POLL, PAUSE); // do not read a large build file all the time
      }
      return notices.lack().isEmpty() ? ENDLESS : POLL;
    }

    /** Returns why a round cannot begin now; empty if it can. */
    private String refusal() {
      try {
        BuildSession.of(Project.load(caller, options), asked).check(_ -> {});
        return "";
      } catch (BadInput | IOException | UncheckedIOException | CacheException trouble) {
        return trouble.toString();
      }
    }

    private void tellLack(Report report) {
      if (!lackTold && !notices.lack().isEmpty()) {
        lackTold = true;
        note(Event.Level.INFO, notices.lack() + ": looking every 2 s", report);
      }
    }

    /** Warns and slows down if each round makes the change that the next one begins with. */
    private void tellCircles(Collection<String> changed, Report report) throws IOException {
      List<String> now = List.copyOf(changed);
      row = now.isEmpty() ? 0 : row + 1;
      circles = !now.isEmpty() && now.equals(circle) ? circles + 1 : 1;
      circle = now;
      int many = Math.max(circles - CIRCLES, row - ROW);
      if (many < 0) {
        return;
      }
      if (many == 0) {
        String what =
            now.getFirst() + (circles < CIRCLES ? " and others like it change" : " changes");
        String next = "if a job writes it, name it in that job's produces";
        note(Event.Level.WARNING, what + " in every round; " + next, report);
      }
      notices.await(Math.min(PAUSE, SECOND << Math.min(8, many)));
    }
  }

  /**
   * Tells a watch that something may have changed, but not what. {@link FolderNotices} reports the
   * notices of the kernel; tests have other sources. Not thread-safe.
   */
  interface Notices extends AutoCloseable {

    /**
     * Watches only the places of these files from now on, even if a file is missing; a file named
     * {@code .} stands for all files in its folder. Returns whether it now watches a new folder,
     * which may have replaced another of the same name: earlier changes in it were not noticed.
     */
    boolean follow(Iterable<Path> files) throws IOException;

    /**
     * Drops the notices of earlier changes, since a check follows. Writes {@code cookie}, one of
     * torc's own files, to find the last of them.
     */
    void catchUp(Path cookie) throws IOException;

    /** Waits at most {@code nanos}; returns whether something happened or notices got lost. */
    boolean await(long nanos) throws IOException;

    /** Returns why some changes are not noticed, as a message; empty if all are. */
    String lack();

    @Override
    void close() throws IOException;
  }
}
