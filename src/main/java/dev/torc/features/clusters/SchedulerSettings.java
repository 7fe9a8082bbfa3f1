package dev.torc.features.clusters;

import dev.torc.base.text.SafeText;
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
 * The settings of one executor in {@code executors}, including those inherited through {@code
 * like}. A missing text is empty. They do not name the file that they come from.
 *
 * @param before shell text that runs before each job in the script
 * @param sbatch options for Slurm; empty for other schedulers
 * @param latency nanoseconds until a file written on one machine is visible on another
 * @param commands how to call a scheduler other than Slurm; null for Slurm
 */
public record SchedulerSettings(
    String name,
    String before,
    SbatchOptions sbatch,
    BatchBounds bounds,
    long latency,
    Commands commands) {

  /** Options of {@code sbatch}; {@code args} are further options, which are passed unchanged. */
  public record SbatchOptions(String account, String partition, List<String> args) {
    public static final SbatchOptions NONE = new SbatchOptions("", "", List.of());
  }

  /**
   * Bounds of submissions: the most array tasks at a time, the most nanoseconds for all jobs of a
   * batch (0: one job per batch), and the longest time limit in nanoseconds (0: any).
   */
  public record BatchBounds(int maxJobs, long batch, long maxRuntime) {}

  /** Returns these settings with one job per batch. */
  public SchedulerSettings withoutBatches() {
    BatchBounds single = new BatchBounds(bounds.maxJobs, 0, bounds.maxRuntime);
    return new SchedulerSettings(name, before, sbatch, single, latency, commands);
  }

  public boolean isSlurm() {
    return commands == null;
  }

  /** What a word in the output of {@code states} says about a job. */
  public enum Fact {
    RUNNING,
    WAITING, // an unknown word counts as this
    GONE, // it is over
    CANCELLED; // it is over because it was cancelled

    private final String key = name().toLowerCase(Locale.ROOT);
  }

  /**
   * Commands for sh, each a {@link CommandTemplate} with only the placeholders that it may have.
   *
   * @param id a pattern whose first group finds the id that {@code submit} prints; empty: last word
   * @param separator the text between ids in {@code states} and {@code cancel}
   * @param words the words that {@code states} prints, by their meanings
   * @param settings values of the user's own placeholders, by name
   */
  public record Commands(
      String submit,
      String states,
      String cancel,
      String id,
      String separator,
      Map<Fact, List<String>> words,
      SortedMap<String, String> settings) {

    boolean says(Fact of, String word) {
      return words.getOrDefault(of, List.of()).contains(word);
    }
  }

  private static final String SLURM = "SLURM";

  /** Adds lines that say how to ask the scheduler and how to cancel; see {@link #read}. */
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
   * Reads the lines of {@link #write}: these settings are enough to ask and cancel, but not to
   * submit. Throws {@link IllegalArgumentException} for invalid lines.
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
    long latency = lines.number("latency");
    return new SchedulerSettings(
        name, "", SbatchOptions.NONE, new BatchBounds(1, 0, 0), latency, commands);
  }

  /**
   * A command for sh with placeholders: {@code {name}}, {@code {name:format}}. {@code {{name}}}
   * stands for the text {@code {name}}, and {@code ${name}} is left to the shell. Values are
   * inserted quoted, so a placeholder must be outside all quotes. {@link CommandScheduler} knows
   * the values.
   */
  public record CommandTemplate(String text) {

    /** The placeholders for a script, in the command that submits. */
    public static final Set<String> SCRIPT = Set.of("script", "name", "log");

    /** The placeholders for resources, in the command that submits; some jobs lack some values. */
    public static final Set<String> RESOURCES =
        Set.of("cpus", "memory", "gpus", "nodes", "disk", "runtime", "runtime:hms", "runtime:min");

    /** The placeholder for ids, in the commands that ask and cancel. */
    public static final String IDS = "ids";

    /** Group 1 is the text that doubled braces stand for; group 2 is a name with its format. */
    private static final Pattern PLACEHOLDER =
        Pattern.compile("\\{(\\{\\w+(?::\\w+)?\\})\\}|(?<!\\$)\\{([A-Za-z_]\\w*(?::\\w+)?)\\}");

    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    /** Returns the names of the placeholders in the text, with their formats, in order. */
    public List<String> names() {
      return PLACEHOLDER
          .matcher(text)
          .results()
          .map(each -> each.group(2))
          .filter(Objects::nonNull)
          .distinct()
          .toList();
    }

    /** Returns the command with a quoted value for each of {@link #names}. */
    String with(Map<String, String> values) {
      return PLACEHOLDER
          .matcher(text)
          .replaceAll(
              each ->
                  Matcher.quoteReplacement(
                      each.group(1) != null ? each.group(1) : values.get(each.group(2))));
    }

    /** Returns a value as one word of sh. */
    static String quoted(String value) {
      return PLAIN.matcher(value).matches() ? value : SafeText.quoted(value);
    }
  }
}
