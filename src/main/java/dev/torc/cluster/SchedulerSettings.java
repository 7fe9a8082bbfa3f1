package dev.torc.cluster;

import dev.torc.text.SafeText;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code executors} says of one of them, with what {@code like} gave it. What is not said is
 * empty. It knows no file that it was read from.
 *
 * @param before text of the shell that goes before each job in the script
 * @param account that is charged
 * @param partition or queue
 * @param args of {@code sbatch}, as they are
 * @param maxJobs how many elements may be out at a time
 * @param batch nanoseconds that the jobs of one script may take together; 0 for one job each
 * @param maxRuntime nanoseconds that a script may ask for; 0 for any
 * @param latency nanoseconds until a file written on one machine is seen on another
 * @param commands how a scheduler is called that torc does not know by itself; null for Slurm
 */
public record SchedulerSettings(
    String name,
    String before,
    String account,
    String partition,
    List<String> args,
    int maxJobs,
    long batch,
    long maxRuntime,
    long latency,
    Commands commands) {

  /** The same, with a script for each job. */
  public SchedulerSettings withoutBatches() {
    return new SchedulerSettings(
        name, before, account, partition, args, maxJobs, 0, maxRuntime, latency, commands);
  }

  /** Whether it is one that torc knows by itself. */
  public boolean isSlurm() {
    return commands == null;
  }

  /** What of a job its scheduler says. */
  public enum Fact {
    RUNNING,
    /** It has not begun; so counts any word that is not named. */
    WAITING,
    /** It is over. */
    GONE,
    /** It is over since it was cancelled. */
    CANCELLED;

    private final String key = name().toLowerCase(Locale.ROOT);
  }

  /**
   * Commands of sh with placeholders, each a {@link CommandTemplate} that names only what it may.
   *
   * @param id the pattern whose first group is the id in what {@code submit} prints; empty for the
   *     last word
   * @param separator between the ids in {@code states} and {@code cancel}
   * @param words what {@code states} says, by what it means
   * @param settings values of placeholders that the user has made up
   */
  public record Commands(
      String submit,
      String states,
      String cancel,
      String id,
      String separator,
      Map<Fact, List<String>> words,
      SortedMap<String, String> settings) {

    /** Whether this is a word for that. */
    boolean says(Fact of, String word) {
      return words.getOrDefault(of, List.of()).contains(word);
    }
  }

  private static final String SLURM = "SLURM";

  /** Adds lines that say how it is asked and told to end something; see {@link #read}. */
  void write(StringBuilder lines) {
    BatchWord.line(lines, "executor", name);
    BatchWord.line(lines, "kind", isSlurm() ? SLURM : "COMMANDS");
    BatchWord.line(lines, "latency", Long.toString(latency));
    if (isSlurm()) {
      return;
    }
    BatchWord.line(lines, "states", commands.states);
    BatchWord.line(lines, "cancel", commands.cancel);
    BatchWord.line(lines, "separator", commands.separator);
    commands.words.forEach(
        (word, all) -> all.forEach(each -> BatchWord.line(lines, word.key, each)));
    commands.settings.forEach((key, value) -> BatchWord.line(lines, "value", key + "=" + value));
  }

  /**
   * What those lines say: enough for what is out, and nothing can be handed out by it. Throws
   * {@link IllegalArgumentException} where they are not understood.
   */
  static SchedulerSettings read(BatchWord lines) {
    SortedMap<String, String> values = new TreeMap<>();
    for (String value : lines.texts("value")) {
      int end = value.indexOf('=');
      values.put(value.substring(0, end), value.substring(end + 1));
    }
    Map<Fact, List<String>> words = new EnumMap<>(Fact.class);
    for (Fact word : Fact.values()) {
      words.put(word, lines.texts(word.key));
    }
    Commands commands =
        lines.text("kind").equals(SLURM)
            ? null
            : new Commands(
                "",
                lines.texts("states").getFirst(),
                lines.texts("cancel").getFirst(),
                "",
                lines.texts("separator").getFirst(),
                words,
                values);
    String name = lines.texts("executor").getFirst();
    return new SchedulerSettings(
        name, "", "", "", List.of(), 1, 0, 0, lines.number("latency"), commands);
  }

  /**
   * A command for sh with placeholders: {@code {name}}, {@code {name:format}}; {@code {{name}}} is
   * the text {@code {name}}, and {@code ${name}} is the shell's. Values come quoted, so a
   * placeholder stands outside all quotes. The values are known to {@link CommandScheduler}.
   *
   * @param text as the user wrote it
   */
  public record CommandTemplate(String text) {

    /** What the command that submits can name of a script. */
    public static final Set<String> SCRIPT = Set.of("script", "name", "log");

    /** What it can name of resources; some of them have no value for some jobs. */
    public static final Set<String> RESOURCES =
        Set.of("cpus", "memory", "gpus", "nodes", "disk", "runtime", "runtime:hms", "runtime:min");

    /** What the commands that ask and cancel can name. */
    public static final String IDS = "ids";

    /** Group 1: what stands for itself. Group 2: a name with its format. */
    private static final Pattern PLACEHOLDER =
        Pattern.compile("\\{(\\{\\w+(?::\\w+)?\\})\\}|(?<!\\$)\\{([A-Za-z_]\\w*(?::\\w+)?)\\}");

    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    /** The names that stand in it, with their formats, in their order. */
    public List<String> names() {
      return PLACEHOLDER
          .matcher(text)
          .results()
          .map(each -> each.group(2))
          .filter(Objects::nonNull)
          .distinct()
          .toList();
    }

    /**
     * The command with values.
     *
     * @param values by names with their formats, quoted; one for each of {@link #names}
     */
    String with(Map<String, String> values) {
      return PLACEHOLDER
          .matcher(text)
          .replaceAll(
              each ->
                  Matcher.quoteReplacement(
                      each.group(1) != null ? each.group(1) : values.get(each.group(2))));
    }

    /** A value as one word of sh. */
    static String quoted(String value) {
      return PLAIN.matcher(value).matches() ? value : SafeText.quoted(value);
    }
  }
}
