package dev.torc.front.page;

import dev.torc.base.bytes.WholeFile;
import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.machine.Limits;
import dev.torc.base.machine.Series;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.BadInput.Warnings;
import dev.torc.base.text.LogExcerpt;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Plan;
import dev.torc.core.memory.AttemptHistory;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.AttemptRecord.PostedEvent;
import dev.torc.core.memory.Cache;
import dev.torc.core.model.Graph;
import dev.torc.features.past.GitCommit;
import dev.torc.front.page.PageData.Event;
import dev.torc.front.page.PageData.Row;
import dev.torc.front.page.PageData.State;
import dev.torc.front.page.PageData.Tail;
import dev.torc.front.page.PageData.Used;
import dev.torc.front.page.PageData.Values;
import dev.torc.front.project.Caller.BuildMachine;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.Project;
import dev.torc.front.session.ReadSession;
import dev.torc.front.show.AttemptText;
import dev.torc.front.show.Json;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Collects the data for {@code torc report}: the project with its results, or one build, as one
 * HTML page. It takes no lock, and includes only as much as a page has room for. {@link PageWriter}
 * writes the page.
 */
public final class ReportPage {

  /** The most attempts whose use over time is shown; those that used most have priority. */
  private static final int SERIES = 200;

  /** The most failed jobs whose logs are shown; {@link #LOGS} limits the characters. */
  private static final int TAILS = 200;

  private static final int LOGS = 1 << 19;

  /** The most characters of all events that are shown. */
  private static final int EVENTS = 1 << 19;

  private final Project project;
  private final Graph graph;
  private final Cache cache;
  private final AttemptHistory history;
  private final boolean paths;
  private final String root;
  private final JobSelection all;
  private final JobSelection wanted; // jobs of a build without targets
  private final long asked;
  private final PageRuns runs;
  private final PageJobs jobs;
  private final IntFunction<String> commands;
  private final List<String> leftOut = new ArrayList<>();
  private final boolean along;
  private final PageFiles files;
  private final PageData data;

  private ReportPage(ReadSession look, long asked, boolean paths, boolean along)
      throws IOException {
    this.project = look.project();
    this.graph = project.graph();
    this.cache = look.cache();
    this.history = new AttemptHistory(cache);
    this.paths = paths;
    this.root = project.workflow().root().toString();
    this.all = project.select(List.of());
    this.asked = asked;
    this.runs = new PageRuns(graph, cache, asked);
    Plan plan = look.plan(all, Rerun.NONE);
    this.wanted = project.select(JobChoice.of(List.of(), false));
    this.jobs = new PageJobs(plan, wanted.jobs(), cache, runs, asked == 0, this::withoutRoot);
    this.commands = look.commands();
    this.along = along;
    this.files = new PageFiles(project, look.context().contents(), jobs, paths, along);
    this.data = data(files);
  }

  /**
   * Collects the data of a page.
   *
   * @param build the number of a build; 0 for the present state of the project
   * @param paths whether to show absolute paths
   * @param along whether the files that it only names are to be copied beside it
   * @throws dev.torc.base.syntax.BadInput if there is no such build
   */
  public static ReportPage of(Project of, long build, boolean paths, boolean along, Warnings warn)
      throws IOException {
    try (ReadSession look = ReadSession.at(of, warn)) {
      return new ReportPage(look, build, paths, along);
    }
  }

  /** Returns the paths of the files that the page only names and that no one copies. */
  public List<String> outside() {
    return files.outside();
  }

  /** Copies the files to which the page leads into its folder, and returns their number. */
  public int copyAlong(Path folder) throws IOException {
    for (Path file : files.copies()) {
      Path to = folder.resolve(project.workflow().root().relativize(file));
      Files.createDirectories(to.getParent());
      if (!Files.exists(to) || !Files.isSameFile(file, to)) {
        Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return files.copies().size();
  }

  /**
   * Writes the page to a file completely, or leaves the file unchanged.
   *
   * @param file absolute
   * @param seconds how often a browser reloads the page; 0 for never
   */
  public void write(Path file, int seconds) throws IOException {
    PageWriter page = new PageWriter(data, along ? "" : toRoot(file.getParent()));
    WholeFile.write(
        file, out -> project.caller().hidden().write(out, to -> page.write(to, seconds)));
  }

  /** Writes the page with links that are relative to this folder. */
  public void write(Writer out, Path folder) throws IOException {
    new PageWriter(data, toRoot(folder)).write(out, 0);
  }

  /**
   * Returns the relative path from a folder to the root, with a trailing slash; null if the folder
   * is outside the root, since the path would name other folders there.
   */
  private String toRoot(Path folder) {
    Path top = project.workflow().root();
    Path from = folder.normalize();
    return from.startsWith(top) ? "../".repeat(from.getNameCount() - top.getNameCount()) : null;
  }

  /** Removes the path of the root from a text, unless paths are shown. */
  private String withoutRoot(String text) {
    return paths || root.length() < 2 ? text : text.replace(root + "/", "").replace(root, ".");
  }

  private PageData data(PageFiles files) throws IOException {
    PageData.Picture picture = GroupPicture.of(graph, all, jobs.leftOut(), jobs);
    if (picture.stages()) {
      leftOut.add(
          "the jobs and groups of the graph, of which the stages are shown"
              + " (`torc graph --format text` lists all)");
    }
    PageData.Build build = runs.withoutRemoved(runs.build);
    Series machine = history.series(build.number(), AttemptHistory.MACHINE);
    List<PageData.Span> attempts = runs.spans(jobs.index());
    var timeline = new PageData.Timeline(build.started(), attempts, machine, series());
    String name = project.workflow().settings().name();
    Head head = head(build);
    return new PageData(name, head, jobs.rows(), jobs.runs(), timeline, picture, files.all());
  }

  /** Returns the JSON part of the page; lists are cut to the available room. */
  private Head head(PageData.Build build) throws IOException {
    String host = project.caller().host().here().name();
    Limits limits = project.caller().host().limits().get();
    String machine = new BuildMachine(project.caller().host()).of(runs.build);
    List<Tail> tails = tails();
    PageValues values = new PageValues(jobs, graph, cache, this::withoutRoot);
    List<Values> tables = values.tables();
    List<Event> events = events();
    leaveOut(values.more(), "%d stored values (`torc data` shows all)");
    return new Head(
        new Head.About(
            project.workflow().settings().name(),
            project.workflow().settings().description(),
            paths ? root : null,
            System.currentTimeMillis(),
            SafeText.line(System.getProperty("user.name", "?") + " on " + host),
            InstalledTorc.version(),
            GitCommit.of(project.workflow().root(), project.caller().env())),
        new Head.Of(asked, build, runs.isLast(), runs.history(), build.gone()),
        new Head.Machine(machine, limits.cpus(), limits.memory()),
        new Head.Lists(
            Stream.of(State.values()).map(AttemptText::words).toList(),
            wanted.open().stream().mapToObj(graph::name).toList(),
            runs.critical(jobs.index()),
            tails,
            tables,
            events,
            leftOut));
  }

  /** The JSON of the page. */
  private record Head(About about, Of of, Machine machine, Lists lists) {

    private record About(
        String project,
        String description,
        String root,
        long made,
        String author,
        String torc,
        GitCommit git)
        implements Json.Inline {}

    /**
     * The builds of the page.
     *
     * @param asked the number of the build on the page; 0 for the current state of the project
     * @param build the build on the timeline
     */
    private record Of(
        long asked, PageData.Build build, boolean last, List<PageData.Build> history, int gone)
        implements Json.Inline {}

    private record Machine(String where, int machineCpus, long machineMemory)
        implements Json.Inline {}

    private record Lists(
        List<String> states,
        List<String> open,
        List<Integer> critical,
        List<Tail> tails,
        List<Values> values,
        List<Event> events,
        List<String> leftOut)
        implements Json.Inline {}
  }

  /** Notes that the page has no room for {@code more} things; does nothing for 0. */
  private void leaveOut(int more, String what) {
    if (more > 0) {
      leftOut.add(what.formatted(more));
    }
  }

  private List<Used> series() {
    List<AttemptRecord> attempts = new ArrayList<>();
    runs.attempts().values().forEach(attempts::addAll);
    attempts.sort(Comparator.comparingLong((AttemptRecord run) -> -weight(run)));
    List<Used> used = new ArrayList<>();
    int more = 0;
    for (AttemptRecord run : attempts) {
      Series series = history.series(run.id().build(), run.id().sequence());
      if (series != null && used.size() < SERIES) {
        used.add(new Used(jobs.index().get(run.id().job()), run.id().attempt(), series));
      } else if (series != null) {
        more++;
      }
    }
    leaveOut(more, "the use over time of %d attempts that used less");
    return used;
  }

  /** Weighs an attempt by its CPU time, or by a tenth of its duration if that is more. */
  private static long weight(AttemptRecord run) {
    return Math.max(run.usage().cpu(), run.times().wall() / 10);
  }

  private List<Tail> tails() throws IOException {
    List<Tail> tails = new ArrayList<>();
    int more = 0;
    int length = 0;
    for (int i = 0; i < jobs.rows().size(); i++) {
      Row row = jobs.rows().get(i);
      Path log = new JobFiles(project.place(), row.name()).log();
      boolean its = row.state() == State.FAILED && jobs.isKnown(i) && OwnFile.exists(log);
      if (its && tails.size() < TAILS && length < LOGS) {
        List<String> lines =
            LogExcerpt.SHORT.read(log, 0, false).stream().map(this::withoutRoot).toList();
        length += lines.stream().mapToInt(String::length).sum();
        int job = graph.jobId(row.name());
        String command = job < 0 ? "" : withoutRoot(SafeText.line(commands.apply(job)));
        tails.add(new Tail(i, command, lines));
      } else if (its) {
        more++;
      }
    }
    leaveOut(more, "the logs of %d more failed jobs (`torc log JOB` shows one)");
    return tails;
  }

  private List<Event> events() {
    List<PostedEvent> posted = new ArrayList<>();
    long build = runs.build.id().number();
    cache.eachEvent(build, 0, posted::add);
    posted.removeIf(event -> event.build() != build || !jobs.index().containsKey(event.job()));
    List<Event> some = new ArrayList<>();
    int length = 0;
    for (PostedEvent event : posted) {
      length += event.job().length() + event.text().length();
      if (length <= EVENTS) {
        some.add(new Event(event.job(), event.time(), withoutRoot(SafeText.line(event.text()))));
      }
    }
    leaveOut(posted.size() - some.size(), "%d events (`torc events` shows all)");
    return some;
  }
}
