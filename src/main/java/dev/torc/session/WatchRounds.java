package dev.torc.session;

import dev.torc.engine.Event;
import dev.torc.fresh.WatchSnapshot;
import dev.torc.hash.FileClock;
import dev.torc.hash.Stamp;
import dev.torc.posix.Signals;
import dev.torc.records.BuildLock;
import dev.torc.records.Cache.CacheException;
import dev.torc.session.BuildSession.FreshState;
import dev.torc.session.GraphFile.FilesRead;
import dev.torc.show.Report;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Builds, and builds again whenever a file that decides about a job changed, until a signal ends
 * it. Each round is a build of its own, with a project read anew; between rounds only the fresh
 * jobs are held ({@link WatchSnapshot}). A notice only makes it look: the look finds what changed
 * by comparing with what the build saw, so an edit during a build is found after that build.
 *
 * @param request of the first round; in later rounds no job runs because it is named
 * @param all whether commands as they run and each job that is up to date are reported
 * @param settle nanoseconds that a round waits for a file that a process still writes
 */
public record WatchRounds(
    Caller caller,
    ProjectOptions options,
    BuildRequest request,
    Supplier<Report> screen,
    boolean all,
    long settle,
    Signals signals) {

  private static final long SECOND = 1_000_000_000;

  /** Nanoseconds without notices before a look: editors write a file in several steps. */
  private static final long QUIET = SECOND / 20;

  /** If notices do not stop, a look comes after this many nanoseconds. */
  private static final long BUSY = SECOND;

  /** Nanoseconds between two looks if the kernel does not notice all changes. */
  private static final long POLL = 2 * SECOND;

  /** After so many rounds in a row that began with the same change in a build, the watch slows. */
  private static final int CIRCLES = 3;

  /** After so many rounds in a row that began with any change in a build, the watch slows. */
  private static final int ROW = 10;

  static final long ENDLESS = Long.MAX_VALUE;

  private static final long PAUSE = 30 * SECOND;

  /** Builds and waits until a signal, whose status it returns. Refuses a wrong command line. */
  public int run() throws IOException {
    try (Notices kernel = new FolderNotices(FileSystems.getDefault())) {
      return run(kernel, System::nanoTime);
    }
  }

  /** Runs with other notices than the kernel's, and a clock in nanoseconds. */
  int run(Notices notices, LongSupplier clock) throws IOException {
    return new RunningWatch(notices, clock).run();
  }

  private final class RunningWatch {
    private final Notices notices;
    private final LongSupplier clock;
    private BuildRequest asked = request;
    private Project project; // the last one that could be read
    private WatchSnapshot seen; // what the next look compares with
    private Stamp known = Stamp.MISSING; // of the last build's file of fresh jobs
    private String refused = ""; // the message of the last round if it did not begin
    private long took; // nanoseconds of the last round
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
      Collection<String> changed = List.of();
      for (boolean first = true; ; first = false) {
        Collection<String> next;
        try (Report report = screen.get()) {
          if (!changed.isEmpty()) {
            report.accept(new Event.Changed(List.copyOf(changed)));
          }
          int exit = round(report, first);
          if (exit > Exit.signal(0)) {
            return exit;
          }
          if (signals.last() != 0) { // it came after the last look of the round
            return Exit.signal(signals.last());
          }
          next = news();
          tellCircles(next, report);
          if (next.isEmpty()) {
            tellLack(report);
            report.accept(new Event.Watching(seen.size()));
          }
        }
        changed = next.isEmpty() ? await() : next;
      }
    }

    private int round(Report report, boolean first) throws IOException {
      long began = System.nanoTime();
      BuildSession session = null;
      int exit;
      refused = "";
      try {
        project = Project.load(caller, options);
        session = BuildSession.of(project, asked);
        session.check(said -> report.accept(new Event.Note(Event.Level.WARNING, said)));
        asked = asked.again();
        exit = session.run(began, report, null, all, signals);
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

    private static void note(Event.Level level, String line, Report report) {
      report.accept(new Event.Note(level, line));
    }

    /**
     * Stores what the round saw: the present state if it did not come to its end, and what was seen
     * before if it did not begin.
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

    /** Sets what the next look compares with, including the files that each round reads first. */
    private void compareWith(FreshState state) throws IOException {
      WatchSnapshot now =
          new WatchSnapshot(
              state.graph(), state.jobs(), state.fresh(), project.stamps(), project.clock());
      FilesRead read = project.buildFiles().read();
      now.addSources(read.sources(), read.patterns());
      if (seen != null) {
        now.follow(seen);
      }
      seen = now;
      known = FastPath.ownStamp(project, project.settled().rest());
    }

    /** Returns what changed. Waits a while for the end of a file that a process still writes. */
    private SortedSet<String> news() throws IOException {
      SortedSet<String> changed = changes();
      long end = clock.getAsLong() + settle;
      while (clock.getAsLong() < end && seen.anyOpen(changed)) {
        awaitQuiet(QUIET);
        changed.addAll(lookAndListen());
      }
      return changed;
    }

    /** Returns what changed by now, except products that another build made as they should be. */
    private SortedSet<String> changes() throws IOException {
      SortedSet<String> changed = lookAndListen();
      while (seen.areMade(changed) && isBusy()) {
        changed.addAll(lookAndListen());
      }
      return seen.areMade(changed) && isOthersWork() ? changes() : changed;
    }

    /** Waits a moment for another build's end; returns whether one was running. */
    private boolean isBusy() throws IOException {
      boolean busy = BuildLock.holder(project.settled()).isPresent();
      if (busy) {
        awaitQuiet(BUSY);
      }
      return busy;
    }

    /** Returns whether another build has run since, and its fresh jobs serve for the next round. */
    private boolean isOthersWork() {
      try {
        FastPath other = FastPath.of(Project.load(caller, options), FileClock.none(), null);
        BitSet jobs = other.project().selectToBuild(asked.targets()).jobs();
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

    /** Returns what changed since the round; listens at the present places of the files. */
    private SortedSet<String> lookAndListen() throws IOException {
      SortedSet<String> changed = seen.look();
      while (changed.isEmpty() && notices.follow(seen.files())) {
        changed = seen.look(); // once more, for changes before the notices began
      }
      return changed;
    }

    private Collection<String> await() throws IOException {
      while (true) {
        if (notices.await(patience())) {
          awaitQuiet(QUIET);
        }
        Collection<String> changed = news();
        if (!changed.isEmpty() || !refused.isEmpty() && !refused.equals(refusal())) {
          return changed;
        }
      }
    }

    /** Waits until no notice comes for the pause, or until they came for {@code BUSY}. */
    private void awaitQuiet(long pause) throws IOException {
      long end = clock.getAsLong() + BUSY;
      while (clock.getAsLong() < end && notices.await(pause)) {
        // wait again
      }
    }

    /** Returns how long to wait: the cause of a refusal may disappear without a notice. */
    private long patience() {
      if (!refused.isEmpty()) {
        return Math.clamp(20 * took, POLL, PAUSE); // do not read a large build file all the time
      }
      return notices.lack().isEmpty() ? ENDLESS : POLL;
    }

    /** Returns the message of a round that would not begin now; empty if it would begin. */
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

    /** Slows down if each round makes the change that the next one begins with. */
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
        String what = now.getFirst() + (circles < CIRCLES ? " and others like it change" : " changes");
        String next = "if a job writes it, name it in that job's produces";
        note(Event.Level.WARNING, what + " in every round; " + next, report);
      }
      notices.await(Math.min(PAUSE, SECOND << Math.min(8, many)));
    }
  }

  /**
   * Tells a watch that something may have changed, but not what. {@link FolderNotices} has the
   * notices of the kernel, tests have their own. Not safe for several threads.
   */
  interface Notices extends AutoCloseable {

    /**
     * Listens from now on where these files are or may come, and nowhere else; a file of the name
     * {@code .} stands for all in its folder. Returns whether any folder is new, perhaps at the
     * place of an old one: what happened there until now was not noticed.
     */
    boolean follow(Iterable<Path> files) throws IOException;

    /**
     * Drops the notices of all that happened until now, since a look follows. Writes the cookie, a
     * file of torc's own, for that.
     */
    void catchUp(Path cookie) throws IOException;

    /**
     * Waits so many nanoseconds at most; returns whether something happened or notices got lost.
     */
    boolean await(long nanos) throws IOException;

    /** Returns why not all changes are noticed, for people; empty if they are. */
    String lack();

    @Override
    void close() throws IOException;
  }
}
