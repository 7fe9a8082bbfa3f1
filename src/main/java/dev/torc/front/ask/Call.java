package dev.torc.front.ask;

import dev.torc.base.posix.RandomId;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Workflow;
import dev.torc.features.clusters.Remotes;
import dev.torc.features.reading.BuildFile;
import dev.torc.front.project.BuildRequest.LockTerms;
import dev.torc.front.project.Caller;
import dev.torc.front.project.ChangedJobs;
import dev.torc.front.project.DisplayGraph;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.project.ProjectOptions.Named;
import dev.torc.front.project.ProjectOptions.Reuse;
import dev.torc.front.project.Wholes;
import dev.torc.front.session.BuildSession;
import dev.torc.front.session.Exit;
import dev.torc.front.session.FailedJobs;
import dev.torc.front.session.Leftovers.OutJobs;
import dev.torc.front.session.MadeFirst;
import dev.torc.front.session.ReadSession;
import dev.torc.front.show.Console;
import dev.torc.front.show.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * One call of a command: its options and words, the caller's streams and the machine. This class
 * interprets the options that commands share, and is the only place that prints an answer. The
 * class that answers a command reads the command's own options.
 */
public final class Call {
  private static final String CONTAINER = "TORC_CONTAINER";

  /** The commands that are about their targets only. */
  private static final Set<String> TARGETED =
      Set.of("build", "why", "log", "list", "status", "graph", "data", "events", "adopt");

  private final Arguments given;
  private final Caller.Host host;
  private final Console console; // its current folder is that of -C
  private final Path from; // the caller's own current folder
  private BadInput refused;

  /**
   * One option or other word of the command line. {@code name} is the option's longest name, or the
   * word's name in the help; {@code value} is {@code true} for an option without a value.
   */
  public record Given(String name, String value) {}

  /**
   * The command line: the words after the command's name as given, and the same words parsed into
   * options and other words.
   */
  public record Arguments(String command, List<String> words, List<Given> given) {}

  /**
   * Checks the values of the options that all commands have, and changes to the folder of {@code
   * -C}.
   */
  public Call(Arguments given, Console console, Caller.Host host) {
    this.given = given;
    this.host = host;
    color();
    variables();
    this.from = console.cwd();
    Path at = from;
    for (String folder : values("--directory")) { // each is relative to the one before it
      at = BuildFile.located(at.resolve(folder).resolve("x")).getParent();
      if (!Files.isDirectory(at)) {
        throw usage(
            "-C %s: folder not found%s"
                .formatted(SafeText.name(folder), NearestPath.hint(at, folder)));
      }
    }
    this.console = console.at(at);
  }

  /** Prints what a build would do, and returns the exit status; see {@link DryRunAnswer}. */
  public int printForecast(BuildSession session, boolean verbose) throws IOException {
    return print(new DryRunAnswer(session, session.forecast(verbose, this::warn), verbose));
  }

  /** Returns an error about the command line. */
  public static BadInput usage(String message) {
    return new BadInput(message);
  }

  /** Returns whether an option, by its longest name, is given. */
  public boolean has(String option) {
    return !given(option).isEmpty();
  }

  /** Returns the last value of an option; null if it is not given. */
  public String value(String option) {
    return values(option).reversed().stream().findFirst().orElse(null);
  }

  public List<String> values(String option) {
    return given(option).stream().map(Given::value).toList();
  }

  /**
   * Returns the last value of an option as a number of at least 1; {@code otherwise} if the option
   * is not given. {@code write} ends the error message.
   */
  public int number(String option, int otherwise, String write) {
    String text = value(option);
    return text == null ? otherwise : number(option, text, 1, write);
  }

  /**
   * Returns {@code text}, the value of an option, as a number of at least {@code least}. {@code
   * write} ends the error message.
   */
  public static int number(String option, String text, int least, String write) {
    if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < least) {
      throw usage(option + " " + SafeText.name(text) + ": " + write);
    }
    return Integer.parseInt(text);
  }

  /**
   * Returns the given options that have one of these longest names, in the order of the command
   * line.
   */
  public List<Given> given(String... names) {
    return given.given.stream().filter(each -> List.of(names).contains(each.name)).toList();
  }

  /** Returns the names and files that the user gave: all words that are not options, in order. */
  public List<String> targets() {
    return given.given.stream().filter(e -> !e.name.startsWith("-")).map(Given::value).toList();
  }

  /**
   * Returns a graph with each large package as one vertex, if the call means the whole: it names no
   * targets or instances, and is not made in a package.
   */
  DisplayGraph byPackage(Project project, DisplayGraph all) {
    boolean whole = targets().isEmpty() && project.paths().home().isEmpty();
    return whole && !has("--instances") ? all.byPackage() : all;
  }

  /** Returns the selected jobs, only those that {@code --failed} and {@code --since} mean. */
  JobSelection chosen(ReadSession look, JobSelection named) {
    JobSelection chosen =
        has("--failed")
            ? FailedJobs.among(look, look.project().select(targets()), console::say)
            : named;
    if (!has("--since")) {
      return chosen;
    }
    Project project = look.project();
    List<String> changed = ChangedJobs.names(project, value("--since"), look.cache(), console::say);
    return project.among(chosen, changed);
  }

  /** Returns the jobs that {@code --since} means. */
  public List<String> changed(Project project, Consumer<String> say) {
    try (Cache cache = Cache.look(project.place(), console::warn)) {
      return ChangedJobs.names(project, value("--since"), cache, say);
    }
  }

  public String command() {
    return given.command;
  }

  /** Returns the words after the command's name, as they were given. */
  public List<String> words() {
    return given.words;
  }

  /** Returns the caller's streams and environment, in the folder of {@code -C}. */
  public Console console() {
    return console;
  }

  /** Returns the caller's current folder, before {@code -C}. */
  public Path callerFolder() {
    return from;
  }

  /** Returns the caller, in the folder of {@code -C}. */
  public Caller caller() {
    return new Caller(console.env(), console.cwd(), host, Map.of(), console.hidden());
  }

  void warn(String text) {
    console.warn(text);
  }

  void warn(BadInput.Diagnostic said) {
    console.warn(said);
  }

  public boolean json() {
    return has("--json");
  }

  private Palette.When color() {
    String when = has("--color") ? value("--color") : "auto";
    return switch (when) {
      case "auto" -> Palette.When.AUTO;
      case "always" -> Palette.When.ALWAYS;
      case "never" -> Palette.When.NEVER;
      default -> throw usage("--color " + SafeText.name(when) + ": write auto, always or never");
    };
  }

  Palette outPalette() {
    return Palette.of(color(), console.env(), console.terminals().out());
  }

  public Palette errPalette() {
    return Palette.of(color(), console.env(), console.terminals().err());
  }

  /**
   * Returns the options that, with the current folder, select the project. Reads the build file if
   * {@code -f} names standard input or a descriptor that the shell has opened.
   */
  public ProjectOptions options() throws IOException {
    List<String> files = values("--file");
    List<String> inputs = files.stream().filter(Call::isInput).distinct().toList();
    if (inputs.size() > 1) {
      throw usage(
          "-f %s, -f %s: only one build file can come from a pipe; write the other one to a file"
              .formatted(inputs.get(0), inputs.get(1)));
    }
    String site = console.env().getOrDefault(ProjectOptions.SITE, "");
    return new ProjectOptions(
        new Named(
            files.stream().map(file -> path(isInput(file) ? BuildFile.INPUT : file)).toList(),
            site.isEmpty() ? null : path(site),
            inputs.isEmpty() ? null : input(inputs.getFirst()),
            has("--alone"),
            null,
            TARGETED.contains(given.command) ? targets() : null),
        variables(),
        container(),
        value("--executor"),
        new Reuse(
            !has("--no-restore"),
            has("--keep-failed"),
            has("--probe"),
            has("--only"),
            values("--exclude"),
            values("--frozen"),
            has("--sandbox")));
  }

  /** Returns the path of a file that the user names, relative to the current folder. */
  public Path path(String file) {
    return Walk.to(console.cwd(), file);
  }

  /**
   * Returns the container runtime that an option or the environment names; null if neither does.
   */
  private String container() {
    List<Given> said = given("--container", "--no-containers");
    if (!said.isEmpty()) {
      boolean none = said.getLast().name().equals("--no-containers");
      String runtime = none ? ProjectOptions.HOST : said.getLast().value();
      return ProjectOptions.runtime("--container ", runtime);
    }
    String given = console.env().getOrDefault(CONTAINER, "");
    return given.isEmpty() ? null : ProjectOptions.runtime(CONTAINER + "=", given);
  }

  /** Returns the variables set by {@code -D}; the last value of a name wins. */
  private SortedMap<String, String> variables() {
    SortedMap<String, String> out = new TreeMap<>();
    for (String variable : values("-D")) {
      int equals = variable.indexOf('=');
      if (equals < 1) {
        throw usage("-D " + SafeText.name(variable) + ": write -D NAME=VALUE");
      }
      out.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return out;
  }

  /** Returns whether a build file comes from standard input or another descriptor. */
  public boolean readsInput() {
    return values("--file").stream().anyMatch(Call::isInput);
  }

  /**
   * Returns whether a file can be read only once and has no folder, such as {@code <(…)} of a
   * shell.
   */
  private static boolean isInput(String file) {
    return file.equals(BuildFile.INPUT)
        || file.equals("/dev/stdin")
        || file.startsWith("/dev/fd/")
        || file.startsWith("/proc/self/fd/");
  }

  private byte[] input(String file) throws IOException {
    if (file.equals(BuildFile.INPUT)) {
      return console.in().readNBytes(SourceFile.MAX_BYTES);
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return in.readNBytes(SourceFile.MAX_BYTES);
    } catch (NoSuchFileException e) {
      throw usage("-f " + file + ": no such file descriptor");
    }
  }

  /** Returns how the command takes the build lock, according to its options and the environment. */
  public LockTerms lock() {
    String trust = console.env().getOrDefault(LockTerms.TRUST, "");
    if (!trust.isEmpty() && !trust.equals("1")) {
      throw usage(LockTerms.TRUST + "=" + SafeText.name(trust) + ": write 1, or leave it empty");
    }
    boolean trusts = has("--trust-lock") || !trust.isEmpty();
    return new LockTerms(!has("--no-wait"), trusts, new TreeSet<>(values("--gone")));
  }

  /** Takes the build lock; null if another build has it and the terms do not allow waiting. */
  BuildLock takeLock(CachePlace place, String id, String what, LockTerms terms) throws IOException {
    CachePlace around = Wholes.around(caller(), options());
    return terms.takeLock(caller(), around, place, id, what, console::say);
  }

  /**
   * Cancels the submitted jobs in {@code out} if {@code --force} is given, and returns no lines.
   * Otherwise returns a line about each of them; if there are any, the command must stop. {@code
   * workflow} is null if the build file is refused.
   */
  List<String> cancelOrList(
      OutJobs out, CachePlace place, Workflow workflow, RemovedOrSetAside removal)
      throws IOException {
    if (out.jobs().isEmpty() || !has("--force")) {
      return out.lines(given.command);
    }
    Remotes remotes = caller().remotes(place, workflow, RandomId.next(), (_, _) -> {}, this::warn);
    out.cancel(remotes, removal);
    return List.of();
  }

  /** Returns the project that the options select; see {@link Project#load}. */
  public Project project() throws IOException {
    return told(Project.load(caller(), options()));
  }

  /** Warns about build files above that could have the project as a part, and are not trusted. */
  public Project told(Project project) throws IOException {
    Wholes.tellStrangers(project, console::warn);
    project.tellBroken(console::warn);
    if (!List.of("build", "check").contains(given.command)) { // which tell more about them
      MadeFirst.unknown(project).forEach(this::warn);
    }
    return project;
  }

  /** Returns whether a word names a job, a group or a part of one. */
  public boolean names(String word) throws IOException {
    Project project = project();
    String home = project.paths().home();
    return project.graph().nodesInNeed(home + word) != null
        || project.graph().nodesInNeed(word) != null;
  }

  /** Opens the project for reading; see {@link ReadSession}. */
  ReadSession openToRead() throws IOException {
    return ReadSession.at(project(), this::warn);
  }

  /**
   * Returns the folder of the project, for a command that works from the records if the build file
   * is refused. Only groups that the build file alone decides are expanded.
   */
  ProjectFolder folder() throws IOException {
    return folder(false).withoutResults();
  }

  /**
   * Returns the folder of the project. If the build file is refused, writes why to standard error
   * (rule 13); if {@code particular}, throws the refusal instead, because the command cannot
   * continue.
   */
  ProjectFolder folder(boolean particular) throws IOException {
    ProjectFolder folder = ProjectFolder.find(caller(), options());
    if (folder.refused() != null && particular) {
      throw folder.refused();
    }
    refused = folder.refused();
    if (refused != null) {
      console.tellAll(Exit.of(refused).lines());
    }
    return folder;
  }

  /**
   * Prints an answer, as text or as one JSON document, and returns the exit status. The answer is
   * null if another build has the lock and the command may not wait.
   */
  int print(Answer answer) throws IOException {
    if (answer == null) {
      return Exit.LOCKED;
    }
    if (json()) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("version", Json.VERSION);
      all.putAll(Json.fields(answer.json()));
      if (refused != null) {
        all.put("errors", Json.places(refused.diagnostics()));
      }
      Json.write(all, console.out());
      return answer.exit();
    }
    console.show(answer.text(outPalette()));
    if (!answer.messages().isEmpty()) {
      console.out().flush();
      console.tellAll(answer.messages());
    }
    return answer.exit();
  }

  /**
   * Writes the JSON document of a command whose build file is refused. The command writes no other.
   */
  public static void refuse(BadInput refused, Writer to) throws IOException {
    Json.write(new Refused("refused", Json.VERSION, Json.places(refused.diagnostics())), to);
  }

  private record Refused(String event, int version, List<?> errors) {}

  /** Returns the id of the build that runs in a project; empty for none. */
  public static String runningBuild(Project project) {
    return BuildFollow.runningBuild(project.place());
  }

  /** Waits until the build with this id has ended, at most {@code seconds} seconds. */
  public static void awaitEnd(Project project, String build, int seconds) throws IOException {
    long until = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < until && build.equals(runningBuild(project))) {
      BuildFollow.pause(BuildFollow.PAUSE);
    }
  }
}
