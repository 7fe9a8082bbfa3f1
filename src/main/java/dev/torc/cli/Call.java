package dev.torc.cli;

import dev.torc.ask.Answer;
import dev.torc.buildfile.BuildFile;
import dev.torc.session.BuildRequest.LockTerms;
import dev.torc.session.Exit;
import dev.torc.session.Project;
import dev.torc.session.ProjectFolder;
import dev.torc.session.ProjectOptions;
import dev.torc.show.Palette;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.syntax.SourceFile;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A command as it was called: what was given to it, and what the caller gave torc to work with; and
 * what the options of all commands mean.
 */
final class Call {
  private static final String CONTAINER = "TORC_CONTAINER";

  final Options given;
  final Console console; // stands in the folder that -C names
  final Path from; // where the caller stands
  private BadInput refused;

  /** Checks the values of the options of all commands, and goes where {@code -C} says. */
  Call(Options given, Console console) {
    this.given = given;
    color();
    variables();
    this.from = console.cwd();
    Path at = from;
    for (String folder : values("--directory")) { // several go one from the other
      at = at.resolve(folder).normalize();
      if (!Files.isDirectory(at)) {
        throw usage("-C " + SafeText.name(folder) + ": there is no such folder");
      }
    }
    this.console = console.at(at);
  }

  /** An error of the command line. */
  static BadInput usage(String message) {
    return new BadInput(Place.NONE, message);
  }

  /** Whether an option is given, by its longest name. */
  boolean has(String option) {
    return !given.given(option).isEmpty();
  }

  /** The last value of an option; null where it is not given. */
  String value(String option) {
    return values(option).reversed().stream().findFirst().orElse(null);
  }

  /** All values of an option, in their order. */
  List<String> values(String option) {
    return given.given(option).stream().map(Options.Given::value).toList();
  }

  /** The last value of an option as a number from 1 on, or what holds without it. */
  int number(String option, int otherwise, String write) {
    String text = value(option);
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < 1) {
      throw usage(option + " " + SafeText.name(text) + ": " + write);
    }
    return Integer.parseInt(text);
  }

  /** Names and files that the user gave. */
  List<String> targets() {
    return given.givenWords();
  }

  boolean json() {
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

  /** Colours for standard output. */
  Palette outPalette() {
    return Palette.of(color(), console.env(), console.stdoutTerminal());
  }

  /** Colours for standard error. */
  Palette errPalette() {
    return Palette.of(color(), console.env(), console.stderrTerminal());
  }

  /**
   * Which project the options and the current folder name; reads standard input, or a descriptor
   * that the shell has opened, if asked to.
   */
  ProjectOptions options() throws IOException {
    List<String> files = values("--file");
    List<String> inputs = files.stream().filter(Call::isInput).distinct().toList();
    if (inputs.size() > 1) {
      throw usage(
          "-f %s, -f %s: only one build file can come from a pipe; write the other one to a file"
              .formatted(inputs.get(0), inputs.get(1)));
    }
    String site = console.env().getOrDefault(ProjectOptions.SITE, "");
    return new ProjectOptions(
        files.stream().map(file -> path(isInput(file) ? BuildFile.INPUT : file)).toList(),
        site.isEmpty() ? null : path(site),
        inputs.isEmpty() ? null : input(inputs.getFirst()),
        variables(),
        container(),
        value("--executor"),
        !has("--no-restore"),
        has("--keep-failed"));
  }

  /** A file as the user names it from the current folder. */
  Path path(String file) {
    return console.cwd().resolve(file).normalize();
  }

  /** The runtime that was ordered; null for none. */
  private String container() {
    List<Options.Given> said = given.given("--container", "--no-containers");
    if (!said.isEmpty()) {
      boolean none = said.getLast().name().equals("--no-containers");
      String runtime = none ? ProjectOptions.HOST : said.getLast().value();
      return ProjectOptions.runtime("--container ", runtime);
    }
    String given = console.env().getOrDefault(CONTAINER, "");
    return given.isEmpty() ? null : ProjectOptions.runtime(CONTAINER + "=", given);
  }

  /** Variables set by {@code -D}; the last one of a name wins. */
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

  /** Whether a build file comes from standard input or another descriptor. */
  boolean readsInput() {
    return values("--file").stream().anyMatch(Call::isInput);
  }

  /** Whether a file can be read just once and stands in no folder: {@code <(…)} of a shell too. */
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
      throw usage("-f " + file + ": there is no such descriptor");
    }
  }

  /** How the command takes the build lock, by its options and the environment. */
  LockTerms lock() {
    String trust = console.env().getOrDefault(LockTerms.TRUST, "");
    if (!trust.isEmpty() && !trust.equals("1")) {
      throw usage(LockTerms.TRUST + "=" + SafeText.name(trust) + ": write 1, or leave it empty");
    }
    boolean trusts = has("--trust-lock") || !trust.isEmpty();
    Set<String> gone = new TreeSet<>(values("--gone"));
    return new LockTerms(!has("--no-wait"), trusts, gone);
  }

  /** The project that the options mean; see {@link Project#load}. */
  Project project() throws IOException {
    return Project.load(console.caller(), options());
  }

  /** The same for a command that works from the records where the build file is refused. */
  ProjectFolder folder() throws IOException {
    return folder(false);
  }

  /**
   * The same; standard error says why it is refused (rule 13).
   *
   * @param particular whether the command cannot go on this time, so that the refusal is thrown
   */
  ProjectFolder folder(boolean particular) throws IOException {
    ProjectFolder folder = ProjectFolder.find(console.caller(), options());
    if (folder.refused() != null && particular) {
      throw folder.refused();
    }
    refused = folder.refused();
    if (refused != null) {
      console.tellAll(ErrorMessage.of(refused).lines());
    }
    return folder;
  }

  /**
   * Prints an answer, text with the lines beside it or one JSON document, and returns the exit
   * status; null is that of a command that may not wait for another build.
   */
  int print(Answer answer) throws IOException {
    if (answer == null) {
      return Exit.LOCKED;
    }
    if (json()) {
      answer.write(console.out(), refused);
      return answer.exit();
    }
    console.print(answer.text(outPalette()));
    if (!answer.beside().isEmpty()) {
      console.out().flush();
      console.tellAll(answer.beside());
    }
    return answer.exit();
  }
}
