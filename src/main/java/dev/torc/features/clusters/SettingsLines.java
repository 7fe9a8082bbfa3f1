package dev.torc.features.clusters;

import dev.torc.core.model.SchedulerSettings;
import dev.torc.core.model.SchedulerSettings.BatchBounds;
import dev.torc.core.model.SchedulerSettings.Commands;
import dev.torc.core.model.SchedulerSettings.Fact;
import dev.torc.core.model.SchedulerSettings.SbatchOptions;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The settings of a scheduler as lines in the record of a batch: a later torc asks about the batch
 * and cancels it by them, whatever the build file says then.
 */
final class SettingsLines {

  private static final String SLURM = "SLURM";

  private SettingsLines() {}

  /** Adds lines that say how to ask the scheduler and how to cancel; see {@link #read}. */
  static void write(SchedulerSettings settings, StringBuilder lines) {
    BatchWord.line(lines, "executor", settings.name());
    BatchWord.line(lines, "kind", settings.isSlurm() ? SLURM : "COMMANDS");
    BatchWord.line(lines, "latency", Long.toString(settings.latency()));
    if (settings.isSlurm()) {
      return;
    }
    Commands commands = settings.commands();
    BatchWord.line(lines, "states", commands.states());
    BatchWord.line(lines, "cancel", commands.cancel());
    BatchWord.line(lines, "separator", commands.separator());
    commands
        .words()
        .forEach((word, all) -> all.forEach(each -> BatchWord.line(lines, key(word), each)));
    commands.settings().forEach((key, value) -> BatchWord.line(lines, "value", key + "=" + value));
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
      words.put(word, lines.texts(key(word)));
    }
    Commands commands = null;
    if (!lines.text("kind").equals(SLURM)) {
      String states = lines.texts("states").getFirst();
      String cancel = lines.texts("cancel").getFirst();
      String separator = lines.texts("separator").getFirst();
      commands = new Commands("", states, cancel, "", separator, words, values);
    }
    String name = lines.texts("executor").getFirst();
    long latency = lines.number("latency");
    return new SchedulerSettings(
        name, "", "", SbatchOptions.NONE, new BatchBounds(1, 0, 0), latency, commands);
  }

  private static String key(Fact word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
