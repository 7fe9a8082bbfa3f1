package dev.torc.session;

import dev.torc.cache.BuildLock;
import dev.torc.cache.CacheException;
import dev.torc.engine.Event;
import dev.torc.posix.RandomId;
import dev.torc.posix.Signals;
import dev.torc.report.Report;
import dev.torc.rest.SeenFiles;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Builds, and builds again whenever a file that decides about a job changed, until a signal ends
 * it. Each round is a build of its own, with a project read anew; between rounds nothing is held
 * but what the last one saw of files ({@link SeenFiles}). A notice only makes it look: what changed
 * is told by the look, which compares with what the build saw, so an edit during a build is found
 * when that is over.
 */
public final class WatchRequest {

  /** Who shows it. */
  public interface Screen {

    /** Opens what shows one round. */
    Report open();

    /**
     * What to say of trouble that broke a round off.
     *
     * @throws IOException or another exception, where torc cannot go on
     */
    List<String> words(Exception trouble) throws IOException;
  }

  private static final long MILLISECOND = 1_000_000;

  private static final long SECOND = 1000 * MILLISECOND;

  /** Files must have been left alone for so long: editors write them in several steps. */
  private static final long QUIET = 50 * MILLISECOND;

  /** Where they are never left alone, a look comes after so long. */
  private static final long BUSY = SECOND;

  /** Between two looks where the kernel does not tell all. */
  private static final long POLL = 2 * SECOND;

  /** So many rounds in a row that begin with the same change during a build are no accident. */
  private static final int CIRCLES = 3;

  /** Nor are so many that begin with any. */
  private static final int ROW = 10;

  /** The longest pause of any kind. */
  private static final long PAUSE = 30 * SECOND;

  private final Caller caller;
  private final ProjectOptions options;
  private final Notices notices;
  private final Screen screen;
  private final LongSupplier clock;
  private final boolean all;
  private final Signals signals;
  private BuildRequest request;

  private Project project; // of the last round, null where its build file was refused
  private SeenFiles seen;
  private Map<Path, FolderNames> folders = Map.of();
  private Set<Path> listed = Set.of();
  private String refused = ""; // what the last round said where it did not begin
  private long took; // nanoseconds until it said so
  private boolean lackTold;
  private Collection<String> circle = List.of();
  private int circles;
  private int row; // of rounds that follow one another without a wait

  /**
   * @param request of the first round; in later ones nothing runs for being named
   * @param notices closed by the caller
   * @param all whether commands as they run and each job that is up to date are told
   * @param signals of the process; closed by the caller
   * @param clock in nanoseconds
   */
  public WatchRequest(
      Caller caller,
      ProjectOptions options,
      BuildRequest request,
      Notices notices,
      Screen screen,
      boolean all,
      Signals signals,
      LongSupplier clock) {
    this.caller = caller;
    this.options = options;
    this.request = request;
    this.notices = notices;
    this.screen = screen;
    this.all = all;
    this.signals = signals;
    this.clock = clock;
  }

  /**
   * Builds and waits without end.
   *
   * @return the exit status of a build that a signal ended
   * @throws BadInput where the command line is wrong
   */
  public int run() throws IOException {
    Collection<String> changed = List.of();
    for (boolean first = true; ; first = false) {
      Collection<String> next;
      try (Report report = screen.open()) {
        if (!changed.isEmpty()) {
          report.accept(new Event.Changed(List.copyOf(changed)));
        }
        int exit = build(report, first);
        if (exit > Exit.signal(0)) {
          return exit;
        }
        if (signals.last() != 0) { // the round had taken its last look
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

  /** A round; returns its exit status. */
  private int build(Report report, boolean first) throws IOException {
    long began = clock.getAsLong();
    SeenFiles before = seen;
    project = null;
    seen = null;
    refused = "";
    int exit = round(report, first);
    took = clock.getAsLong() - began;
    if (exit <= Exit.signal(0)) {
      remember(before);
    }
    return exit;
  }

  private int round(Report report, boolean first) throws IOException {
    long began = System.nanoTime();
    try {
      project = Project.load(caller, options);
      BuildSession session = BuildSession.of(project, request);
      session.check(line -> note(Event.Level.WARNING, line, report));
      String id = RandomId.next();
      SeenBuild build = new SeenBuild(project, id, new ReportedBuild(report, null, all, signals));
      request = request.again();
      int exit = session.run(id, began, build);
      seen = build.seen();
      return exit;
    } catch (BadInput bad) {
      if (first && bad.diagnostics().stream().allMatch(WatchRequest::ofCommandLine)) {
        throw bad;
      }
      refused = text(bad);
      tell(bad, report);
      return Exit.USAGE;
    } catch (IOException | UncheckedIOException | CacheException trouble) {
      tell(trouble, report);
      return Exit.TROUBLE;
    }
  }

  private static boolean ofCommandLine(BadInput.Diagnostic said) {
    return said.place().toString().isEmpty();
  }

  private static String text(BadInput bad) {
    return bad.diagnostics().toString();
  }

  private void tell(Exception trouble, Report report) throws IOException {
    for (String line : screen.words(trouble)) {
      note(Event.Level.ERROR, line, report);
    }
  }

  private static void note(Event.Level level, String line, Report report) {
    report.accept(new Event.Note(level, line));
  }

  /** Completes what the round saw by the files that it began with, before it came to any job. */
  private void remember(SeenFiles before) {
    if (project != null) {
      if (seen == null) {
        seen = SeenFiles.named(project.graph(), selected(), project.stamps());
      }
      seen.addSources(project.keeper().sources(), project.keeper().patterns());
    } else if (before != null) {
      seen = before.again();
    } else {
      seen = SeenFiles.none(caller.cwd(), caller.host().stamps());
    }
    if (before != null) {
      seen.follow(before);
    }
    options.candidates(caller.cwd()).forEach(seen::add);
    folders = Map.of(); // others may count now
  }

  private BitSet selected() {
    try {
      return project.selectToBuild(request.targets()).jobs();
    } catch (BadInput unknown) {
      return new BitSet(); // told
    }
  }

  /** What changed, but for products that another build made as they should be. */
  private Collection<String> news() throws IOException {
    Collection<String> changed = settle();
    while (areMade(changed) && isOthersWork()) {
      if (BuildLock.holder(project.place()).isEmpty()) {
        seen.accept(changed);
      } else {
        long end = clock.getAsLong() + BUSY; // what it made is on record in the end
        while (clock.getAsLong() < end && notices.await(end - clock.getAsLong())) {
          // it goes on
        }
      }
      changed = settle();
    }
    if (!areMade(changed)) {
      return changed;
    }
    Collection<String> all = new TreeSet<>(changed);
    all.addAll(settle()); // what a job has to run for may have changed since that look
    return all;
  }

  private boolean areMade(Collection<String> changed) {
    return !changed.isEmpty() && project != null && seen.areMade(changed);
  }

  /** Whether another build is at work, or nothing has to run for what one left. */
  private boolean isOthersWork() {
    try {
      return BuildLock.holder(project.place()).isPresent()
          || !ProductEdits.matter(caller, options, request);
    } catch (IOException | UncheckedIOException | CacheException trouble) {
      return false; // the build tells
    }
  }

  /** What changed since the round looked at it. */
  private Collection<String> settle() throws IOException {
    for (boolean again = true; again; ) {
      follow();
      Collection<String> changed = seen.look();
      if (!changed.isEmpty()) {
        return changed;
      }
      again = follow();
    }
    return List.of();
  }

  /** Listens where the files are; see {@link Notices#follow}. */
  private boolean follow() throws IOException {
    if (seen.moved() || !listed.equals(seen.folders())) {
      folders = Map.of();
    }
    if (folders.isEmpty()) {
      listed = seen.folders();
      folders = WatchedFolders.of(seen.files(), listed);
    }
    return notices.follow(folders);
  }

  /** Waits until something changed; returns what, as far as it is known. */
  private Collection<String> await() throws IOException {
    while (true) {
      boolean heard = notices.await(patience());
      long end = clock.getAsLong() + BUSY;
      while (heard && clock.getAsLong() < end && notices.await(QUIET)) {
        // more of it
      }
      Collection<String> changed = news();
      if (!changed.isEmpty() || !refused.isEmpty() && !refused.equals(refusal())) {
        return changed;
      }
    }
  }

  /** How long to wait for a notice: what refused a build may be mended where nobody listens. */
  private long patience() {
    if (!refused.isEmpty()) {
      return Math.clamp(20 * took, POLL, PAUSE); // a large build file is not read all the time
    }
    return notices.lack().isEmpty() ? -1 : POLL;
  }

  /** What a round would say now if it did not begin; empty if it would. */
  private String refusal() {
    try {
      BuildSession.of(Project.load(caller, options), request).check(_ -> {});
      return "";
    } catch (BadInput bad) {
      return text(bad);
    } catch (IOException | UncheckedIOException | CacheException trouble) {
      return trouble.toString();
    }
  }

  private void tellLack(Report report) {
    if (!lackTold && !notices.lack().isEmpty()) {
      lackTold = true;
      note(Event.Level.INFO, notices.lack() + ": looking every 2 s", report);
    }
  }

  /**
   * Slows down where one round leaves the change that the next one begins with, again and again.
   */
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
      note(
          Event.Level.WARNING,
          now.getFirst()
              + (circles < CIRCLES ? " and the like change" : " changes")
              + " in every round; if a job writes it, name it in that job's produces",
          report);
    }
    while (notices.await(0)) {
      // what the round itself did
    }
    notices.await(Math.min(PAUSE, SECOND << Math.min(8, many)));
  }
}
