package dev.torc.front.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Interruptible;
import dev.torc.StepFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;

/**
 * Transcripts: {@link StepFiles} with commands and their output, as a user sees it. The folder of
 * each test is in an empty folder of its own. {@code $ torc …} calls torc, any other {@code $} line
 * a shell; {@code $ export NAME=VALUE} holds for all later lines. A line of standard error begins
 * with {@code !}; an exit status other than 0 stands in brackets. A line that ends with status 77
 * skips the rest of its test.
 *
 * <p>A line of JSON that is longer than {@value #LONG} characters is shown a field a line, so that
 * a difference shows the field.
 *
 * <p>In process, a call of torc stands alone on its line, but for {@code cd DIR &&} and {@code
 * NAME=VALUE} before it and {@code < FILE}, {@code >/dev/null}, {@code 2>/dev/null}, {@code 2>&1}
 * and {@code | COMMAND} behind it, in this order; the status of the line is torc's where that is
 * not 0. The shipped torc is a program like others, which costs a start of Java at each call: only
 * for what a call in process is not. {@code exit $MISSING} is for what CI must have: it skips the
 * test where CI is not.
 */
final class Transcript implements StepFiles.Stage {

  private static final Pattern TORC =
      Pattern.compile(
          "(?:cd (\\S+) && )?((?:[A-Z_]+=\\S* )*)torc( .*?)??(?: < (\\S+))?( >/dev/null)?"
              + "( 2>/dev/null| 2>&1)?(?: \\| (.*?))?(?: # .*)?");
  private static final Pattern WORD =
      Pattern.compile("\\$'([^']*)'|'([^']*)'|\"([^\"]*)\"|((?:[^\\s'\"]|(?<=\\S)')+)");
  private static final Pattern EXPORT = Pattern.compile("export ([A-Z_]+)=(.*)");

  private static final int LONG = 200;

  /** The parts of JSON that decide its lines: keys, other strings, and the braces of objects. */
  private static final Pattern PART = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"(:?)|[{}]");

  /** Seconds after which a line counts as hanging; no test comes near. */
  private static final long DEADLINE = 300;

  private final boolean shipped;
  private final Map<String, String> server; // variables of calls that a server answers; null
  private final Folder folder;
  private final Map<String, String> env = new HashMap<>();

  private Transcript(Path around, boolean shipped, Map<String, String> server) throws IOException {
    this.shipped = shipped;
    this.server = server;
    folder = new Folder(Files.createDirectories(around.resolve("project")));
    String path = around.resolve("bin") + ":";
    if (shipped) {
      env.put("HOME", Files.createDirectory(around.resolve("home")).toString());
      env.put("TORC_JAVA_HOME", System.getProperty("java.home"));
      env.put("DIST", Path.of(System.getProperty("torc.home")).toAbsolutePath().toString());
      path += env.get("DIST") + "/bin:";
    }
    env.put("PATH", path + System.getenv("PATH"));
    env.put("TORC_ALIVE", "1h"); // else a busy machine adds lines
  }

  /** The tests of all files of a folder, in process or by the shipped torc. */
  static List<DynamicContainer> all(Path of, boolean shipped, Path temp) throws IOException {
    return StepFiles.tests(of, temp, around -> new Transcript(around, shipped, null));
  }

  /** The tests of all files of a folder that are played in process, by a server instead. */
  static List<DynamicContainer> served(Path of, Map<String, String> server, Path temp)
      throws IOException {
    return StepFiles.tests(of, temp, around -> new Transcript(around, false, server));
  }

  @Override
  public void put(String file, String text) throws IOException {
    folder.put(file, text);
  }

  @Override
  public List<String> say(String command) throws Exception {
    Matcher export = EXPORT.matcher(command);
    if (export.matches()) {
      env.put(export.group(1), value(export.group(2)));
      return List.of();
    }
    Matcher torc = TORC.matcher(command);
    Run run = !shipped && torc.matches() ? torc(torc) : shell(command, null);
    assumeTrue(run.exit() != 77, () -> "not here: " + command + ": " + run.err());
    List<String> said = new ArrayList<>();
    plain(run.out()).lines().flatMap(Transcript::fields).map(StepFiles::shown).forEach(said::add);
    if (!run.out().isEmpty() && !run.out().endsWith("\n")) {
      said.add("\\ no line end");
    }
    plain(run.err()).lines().map(line -> "! " + line).forEach(said::add);
    if (run.exit() != 0) {
      said.add("[" + run.exit() + "]");
    }
    return said;
  }

  /** A call of torc in this process. */
  private Run torc(Matcher line) throws Exception {
    Map<String, String> now = new HashMap<>(env);
    for (String set : words(line.group(2))) {
      now.put(set.substring(0, set.indexOf('=')), value(set.substring(set.indexOf('=') + 1)));
    }
    Path at = folder.at();
    at = line.group(1) == null ? at : at.resolve(line.group(1)).toRealPath(); // as getcwd has it
    String input = line.group(4) == null ? "" : folder.get(line.group(4));
    String[] words =
        line.group(3) == null
            ? new String[0]
            : words(line.group(3).replace("ROOT", folder.at().toString()));
    boolean together = " 2>&1".equals(line.group(6));
    Run run =
        server == null
            ? Run.in(now, at, input, together, words)
            : served(now, at, input, together, words);
    String out = line.group(5) == null ? run.out() : "";
    String err = " 2>/dev/null".equals(line.group(6)) ? "" : run.err();
    if (line.group(7) == null) {
      return new Run(run.exit(), out, err);
    }
    Run piped = shell(line.group(7), out);
    int exit = run.exit() == 0 ? piped.exit() : run.exit();
    return new Run(exit, piped.out(), err + piped.err());
  }

  /** A call of the shipped torc, as it would be made in process. */
  private Run served(
      Map<String, String> now, Path at, String input, boolean together, String[] words)
      throws Exception {
    List<String> call =
        new ArrayList<>(
            List.of("sh", "-c", "cd \"$0\" && exec \"$@\"" + (together ? " 2>&1" : "")));
    call.add(at.toString());
    call.add(Path.of(System.getProperty("torc.home")).toAbsolutePath() + "/bin/torc");
    call.addAll(List.of(words));
    Map<String, String> all = new HashMap<>(server);
    all.putAll(now);
    return run(call, input, all);
  }

  private String value(String text) {
    String value = text.replace("ROOT", folder.at().toString());
    for (Map.Entry<String, String> each : env.entrySet()) {
      value = value.replace("$" + each.getKey(), each.getValue());
    }
    return value;
  }

  private static String[] words(String line) {
    return WORD.matcher(line)
        .results()
        .map(
            word ->
                word.group(1) != null
                    ? word.group(1).translateEscapes()
                    : Stream.of(2, 3, 4).map(word::group).filter(g -> g != null).findAny().get())
        .toArray(String[]::new);
  }

  private Run shell(String command, String input) throws Exception {
    Map<String, String> all = new HashMap<>(shipped ? Map.of() : System.getenv());
    all.put("EXAMPLES", Path.of("examples").toAbsolutePath().toString());
    all.put("MISSING", "true".equals(System.getenv("CI")) ? "1" : "77");
    all.put("TESTDATA", Path.of("testdata").toAbsolutePath().toString());
    all.putAll(env);
    return run(List.of("sh", "-c", command), input, all);
  }

  private Run run(List<String> command, String input, Map<String, String> all) throws Exception {
    Path around = folder.at().getParent();
    Path in = Path.of("/dev/null");
    if (input != null) {
      in = Files.writeString(around.resolve(".in"), input);
    }
    ProcessBuilder builder =
        new ProcessBuilder(Interruptible.command(command))
            .directory(folder.at().toFile())
            .redirectInput(in.toFile())
            .redirectOutput(around.resolve(".out").toFile())
            .redirectError(around.resolve(".err").toFile());
    builder.environment().clear();
    builder.environment().putAll(all);
    Process process = builder.start();
    if (!process.waitFor(DEADLINE, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("hangs: " + command);
    }
    String out = Files.readString(around.resolve(".out"));
    return new Run(process.exitValue(), out, Files.readString(around.resolve(".err")));
  }

  /** Returns the line; a long one of JSON as several, each with one field. */
  private static Stream<String> fields(String line) {
    if (line.length() <= LONG || !line.matches("\\{.*},?")) {
      return Stream.of(line);
    }
    int[] depth = {0};
    return PART.matcher(line)
        .replaceAll(
            part -> {
              depth[0] += part.group().equals("{") ? 1 : part.group().equals("}") ? -1 : 0;
              boolean key = ":".equals(part.group(1));
              return Matcher.quoteReplacement(
                  (key ? "\n" + "  ".repeat(depth[0]) : "") + part.group());
            })
        .lines();
  }

  /** Replaces values that differ each time, as moments and ids, by a word for their kind. */
  private String plain(String text) {
    String plain =
        text.replace(folder.at().toString(), "ROOT")
            .replace(folder.at().getParent().toString(), "TEMP")
            .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "MOMENT")
            .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+(Z|\\+00:00)", "MOMENT")
            .replaceAll("\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b", "ID")
            .replaceAll("\\(pid \\d+", "(pid N")
            .replaceAll("(\"started\":)\\d+", "$1N")
            .replaceAll("(\"(?:cpu|memory)\":)(?:null|[\\dE.+-]+)", "$1N") // a sample or none
            .replaceAll("(\"(?:seconds|queued|expected|torc_bytes)\":)[\\dE.+-]+", "$1N")
            .replaceAll(", memory \\d+\\.\\d [KM]iB\\b", "") // where there was a sample
            .replaceAll("\\b(\\d+ min \\d+|\\d+\\.\\d) s\\b", "SECONDS") // minutes on busy machines
            .replace("; about SECONDS", "") // jobs take a second on a busy machine
            .replaceAll("\\b[\\d.]+ \\S+(?=; change the limit| \\(the smaller of)", "SIZE")
            .replaceAll("(?m)[ \\t]+$", "");
    return plain.contains("MOMENT") ? plain.replaceAll(" {3,}(?=\\S)", "  ") : plain;
  }
}
