package dev.torc.exec;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What {@code executors} says of one of them, with what {@code like} gave it. Where a text is not
 * said, it is null; where a list or map is not, it is empty. It knows no file that it was read
 * from.
 *
 * @param name of the executor
 * @param account that is charged
 * @param partition or queue
 * @param args of {@code sbatch}, as they are
 * @param before lines of sh that go before each job in the script
 * @param maxJobs how many elements may be out at a time
 * @param batch nanoseconds that the jobs of one script may take together; 0 for one job each
 * @param maxRuntime nanoseconds that a script may ask for; 0 for any
 * @param latency nanoseconds until a file written on one machine is seen on another
 * @param commands how a scheduler of the kind {@code commands} is called; null for others
 * @param values of the placeholders that the user has made up
 */
public record SchedulerSettings(
    String name,
    Kind kind,
    String account,
    String partition,
    List<String> args,
    String before,
    int maxJobs,
    long batch,
    long maxRuntime,
    long latency,
    Commands commands,
    Map<String, String> values) {

  /** The same, with a script for each job. */
  public SchedulerSettings withoutBatches() {
    return new SchedulerSettings(
        name,
        kind,
        account,
        partition,
        args,
        before,
        maxJobs,
        0,
        maxRuntime,
        latency,
        commands,
        values);
  }

  /** What is spoken to. */
  public enum Kind {
    SLURM,
    COMMANDS
  }

  /**
   * Commands of sh with placeholders, each a {@link CommandTemplate} that names only what it may.
   *
   * @param separator between the ids in {@code states} and {@code cancel}
   * @param id its first group is the id in what {@code submit} prints; null for the last word
   * @param running words for what runs
   * @param waiting words for what has not begun; so counts any other word
   * @param gone words for what is over
   * @param cancelled words for what is over since somebody cancelled it
   */
  public record Commands(
      String submit,
      String states,
      String cancel,
      String separator,
      Pattern id,
      List<String> running,
      List<String> waiting,
      List<String> gone,
      List<String> cancelled) {}

  /** Adds lines that say how it is asked and told to end something; see {@link #read}. */
  void write(StringBuilder lines) {
    BatchWord.line(lines, "executor", name);
    BatchWord.line(lines, "kind", kind.name());
    BatchWord.line(lines, "latency", Long.toString(latency));
    if (commands == null) {
      return;
    }
    BatchWord.line(lines, "states", commands.states);
    BatchWord.line(lines, "cancel", commands.cancel);
    BatchWord.line(lines, "separator", commands.separator);
    commands.running.forEach(each -> BatchWord.line(lines, "running", each));
    commands.waiting.forEach(each -> BatchWord.line(lines, "waiting", each));
    commands.gone.forEach(each -> BatchWord.line(lines, "gone", each));
    commands.cancelled.forEach(each -> BatchWord.line(lines, "cancelled", each));
    values.forEach((key, value) -> BatchWord.line(lines, "value", key + "=" + value));
  }

  /**
   * What those lines say: enough for what is out, and nothing can be handed out by it. Throws
   * {@link IllegalArgumentException} where they are not understood.
   */
  static SchedulerSettings read(BatchWord word) {
    Map<String, String> values = new TreeMap<>();
    for (String value : word.texts("value")) {
      int end = value.indexOf('=');
      values.put(value.substring(0, end), value.substring(end + 1));
    }
    Kind kind = Kind.valueOf(word.text("kind"));
    Commands commands =
        kind == Kind.SLURM
            ? null
            : new Commands(
                "",
                word.texts("states").getFirst(),
                word.texts("cancel").getFirst(),
                word.texts("separator").getFirst(),
                null,
                word.texts("running"),
                word.texts("waiting"),
                word.texts("gone"),
                word.texts("cancelled"));
    String executor = word.texts("executor").getFirst();
    long latency = word.number("latency");
    return new SchedulerSettings(
        executor, kind, null, null, List.of(), null, 1, 0, 0, latency, commands, values);
  }
}
