package dev.torc.importing;

import dev.torc.buildfile.LiteralText;
import dev.torc.importing.WorkflowSpec.ResourceClass;
import dev.torc.syntax.Place;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates resource classes to {@code resources} and failure handlers to {@code retries} and
 * {@code retry}. It knows no jobs.
 */
final class ResourcesAndRetries {

  private static final Pattern MEMORY =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([kKmMgGtT]?)(?:[iI]?[bB])?");
  private static final Pattern WEEKS = Pattern.compile("P([0-9]+)W", Pattern.CASE_INSENSITIVE);

  private final Notes notes;

  ResourcesAndRetries(Notes notes) {
    this.notes = notes;
  }

  /** The classes by name. */
  SequencedMap<String, Object> of(List<ResourceClass> classes) {
    SequencedMap<String, Object> all = new LinkedHashMap<>();
    for (ResourceClass each : classes) {
      SequencedMap<String, Object> amounts = new LinkedHashMap<>();
      amount(amounts, "cpus", each.cpus(), 0);
      if (each.memory() != null) {
        Matcher memory = MEMORY.matcher(each.memory().text().strip());
        if (memory.matches()) {
          String unit = memory.group(2).toUpperCase(java.util.Locale.ROOT);
          amounts.put("memory", memory.group(1) + (unit.isEmpty() ? "B" : unit + "iB"));
        } else {
          notes.refuse(
              each.memory().place(),
              "memory is a number with k, m, g or t behind it, not " + each.memory().text());
        }
      }
      amount(amounts, "gpus", each.gpus(), 0);
      amount(amounts, "nodes", each.nodes(), 1);
      if (each.runtime() != null) {
        String runtime = runtime(each.runtime());
        if (runtime != null) {
          amounts.put("runtime", runtime);
        }
      }
      Place place = each.name().place();
      if (all.put(LiteralText.of(each.name().text()), placed(place, amounts)) != null) {
        notes.refuse(place, "a second class of resources " + each.name().text());
      }
    }
    return all;
  }

  private static Object placed(Place place, SequencedMap<String, Object> amounts) {
    return new YamlWriter.Placed(place, new YamlWriter.Flow(amounts));
  }

  private void amount(SequencedMap<String, Object> into, String key, PlacedText text, int rest) {
    if (text == null) {
      return;
    }
    String number = text.text().strip();
    if (!number.matches("[0-9]{1,9}")) {
      notes.refuse(text.place(), key + " must be a whole number, not " + text.text());
    } else if (Integer.parseInt(number) != rest) {
      into.put(key, String.valueOf(Integer.parseInt(number)));
    }
  }

  private String runtime(PlacedText text) {
    String iso = text.text().strip();
    Matcher weeks = WEEKS.matcher(iso);
    if (weeks.matches()) {
      return Long.parseLong(weeks.group(1)) * 7 + "d";
    }
    try {
      Duration duration = Duration.parse(iso);
      if (duration.isNegative() || duration.isZero() || duration.getNano() != 0) {
        notes.say(text.place(), "the runtime " + iso + " is not carried: no limit in seconds");
        return null;
      }
      StringBuilder out = new StringBuilder();
      part(out, duration.toDaysPart(), "d");
      part(out, duration.toHoursPart(), "h");
      part(out, duration.toMinutesPart(), "m");
      part(out, duration.toSecondsPart(), "s");
      return out.toString().equals("1d") ? "24h" : out.toString();
    } catch (DateTimeParseException | ArithmeticException e) {
      notes.say(
          text.place(), "the runtime " + iso + " is not carried: write it like 90s, 10m or 24h");
      return null;
    }
  }

  private static void part(StringBuilder out, long amount, String unit) {
    if (amount > 0) {
      out.append(amount).append(unit);
    }
  }

  /** What a handler means for a job: {@code retries} and {@code retry}. */
  SequencedMap<String, Object> retry(WorkflowSpec.Handler handler) {
    SequencedMap<String, Object> out = new LinkedHashMap<>();
    int most = handler.rules().stream().mapToInt(WorkflowSpec.Rule::retries).max().orElse(0);
    boolean all = handler.rules().stream().anyMatch(WorkflowSpec.Rule::all);
    SequencedMap<String, Object> retry = new LinkedHashMap<>();
    Set<String> on = all ? Set.of() : causes(handler);
    if (most == 0 || !all && on.isEmpty()) {
      say(handler, "retries nothing");
      return out;
    }
    if (!on.isEmpty()) {
      retry.put("on", on);
    }
    if (handler.rules().stream().anyMatch(rule -> rule.retries() != most)) {
      say(
          handler,
          "retries %d times, whatever the exit code: a job has one count of retries"
              .formatted(most));
    }
    if (all && handler.rules().size() > 1) {
      say(
          handler,
          "retries after any failure: its rules for some exit codes are one with that for all");
    }
    Set<String> scripts = new LinkedHashSet<>();
    handler
        .rules()
        .forEach(rule -> scripts.add(rule.script() == null ? null : rule.script().text()));
    boolean without = scripts.remove(null);
    if (scripts.size() > 1) {
      say(
          handler,
          "runs no recovery script: there are several, and torc runs one before any retry");
    } else if (scripts.size() == 1) {
      String script = LiteralText.of(scripts.iterator().next());
      if (script != null) {
        retry.put("recover", script);
      }
      if (without) {
        say(handler, "runs its recovery script before any retry, also where no rule asked for it");
      }
    }
    out.put("retries", String.valueOf(Math.min(most, 1000)));
    if (!retry.isEmpty()) {
      out.put("retry", new YamlWriter.Flow(retry));
    }
    return out;
  }

  private void say(WorkflowSpec.Handler handler, String message) {
    notes.say(
        handler.name().place(), "the failure handler " + handler.name().text() + " " + message);
  }

  private Set<String> causes(WorkflowSpec.Handler handler) {
    Set<String> on = new LinkedHashSet<>();
    for (WorkflowSpec.Rule rule : handler.rules()) {
      for (PlacedText code : rule.codes()) {
        String text = code.text().strip();
        if (text.matches("-[0-9]{1,3}")) {
          on.add("signal");
        } else if (text.matches("[0-9]{1,3}")
            && Integer.parseInt(text) > 0
            && Integer.parseInt(text) < 256) {
          on.add(text);
          // The codes by which NREL's torc tells that it ended the job itself.
          if (text.equals("137")) {
            on.add("memory");
          } else if (text.equals("152")) {
            on.add("timeout");
          }
        } else {
          notes.say(
              code.place(), "no exit code of a failure: " + code.text() + "; it is not carried");
        }
      }
    }
    return on;
  }
}
