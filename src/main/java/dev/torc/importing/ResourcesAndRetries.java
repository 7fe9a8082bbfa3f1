package dev.torc.importing;

import dev.torc.importing.BuildFileText.Flow;
import dev.torc.importing.BuildFileText.Placed;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates a class of resources to an entry of {@code resources}, and a failure handler to {@code
 * retries} and {@code retry}. It knows no jobs.
 */
record ResourcesAndRetries(Notes notes) {

  private static final Pattern MEMORY = Pattern.compile("([0-9.]+)\\s*([kKmMgGtT]?)(?:[iI]?[bB])?");

  /** Amounts of a class; what torc would refuse is left to it, and told with the place. */
  Placed resources(MapReader entries) {
    SequencedMap<String, Object> amounts = new LinkedHashMap<>();
    amount(amounts, "cpus", entries.text("num_cpus"), "0");
    PlacedText text = entries.text("memory");
    if (text != null) {
      Matcher memory = MEMORY.matcher(text.text().strip());
      String unit = memory.matches() ? memory.group(2).toUpperCase(Locale.ROOT) : "";
      amounts.put(
          "memory",
          memory.matches() ? memory.group(1) + unit + (unit.isEmpty() ? "B" : "iB") : text.text());
    }
    amount(amounts, "gpus", entries.text("num_gpus"), "0");
    amount(amounts, "nodes", entries.text("num_nodes"), "1");
    PlacedText runtime = entries.text("runtime");
    if (runtime != null) {
      amounts.put("runtime", runtime(runtime.text().strip()));
    }
    return new Placed(entries.map.place(), new Flow(amounts));
  }

  private static void amount(Map<String, Object> into, String key, PlacedText text, String rest) {
    if (text != null && !text.text().strip().equals(rest)) {
      into.put(key, text.text().strip());
    }
  }

  /** An ISO time as people write it: {@code 1h30m}. */
  private static String runtime(String iso) {
    try {
      boolean weeks = iso.matches("(?i)P[0-9]{1,5}W");
      Duration duration =
          weeks
              ? Duration.ofDays(7L * Integer.parseInt(iso.substring(1, iso.length() - 1)))
              : Duration.parse(iso);
      return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    } catch (DateTimeParseException e) {
      return iso;
    }
  }

  /** The keys that a job with this handler gets. */
  Map<String, Object> retries(MapReader handler) {
    String name = "the failure handler " + handler.text("name").text();
    Set<String> on = new LinkedHashSet<>();
    Set<String> scripts = new LinkedHashSet<>();
    boolean all = false;
    int most = 0;
    List<MapReader> rules = handler.maps("rules", "a rule");
    for (MapReader rule : rules) {
      PlacedText retries = rule.text("max_retries");
      most = Math.max(most, retries == null ? 3 : count(retries));
      all |= rule.flag("match_all_exit_codes", false);
      rule.texts("exit_codes").forEach(code -> cause(code, on));
      PlacedText script = rule.text("recovery_script");
      if (script != null) {
        scripts.add(Translation.literal(script.text()));
      }
    }
    if (most == 0 || !all && on.isEmpty()) {
      notes.say(handler.map.place(), name + " retries nothing");
      return Map.of();
    }
    if (rules.size() > 1) {
      notes.say(
          handler.map.place(),
          "%s has one rule here: %d retries after %s%s"
              .formatted(
                  name,
                  most,
                  all ? "any failure" : String.join(", ", on),
                  scripts.size() == 1 ? ", its script before each" : ""));
    }
    if (scripts.size() > 1) {
      notes.say(
          handler.map.place(), name + " runs no recovery script: torc has one for all retries");
    }
    SequencedMap<String, Object> retry = new LinkedHashMap<>();
    if (!all) {
      retry.put("on", List.copyOf(on));
    }
    if (scripts.size() == 1) {
      retry.put("recover", scripts.iterator().next());
    }
    SequencedMap<String, Object> keys = new LinkedHashMap<>();
    keys.put("retries", String.valueOf(most));
    if (!retry.isEmpty()) {
      keys.put("retry", new Flow(retry));
    }
    return keys;
  }

  private int count(PlacedText retries) {
    if (retries.text().matches("[0-9]{1,3}")) {
      return Integer.parseInt(retries.text());
    }
    notes.refuse(retries.place(), "max_retries must be a whole number, not " + retries.text());
    return 0;
  }

  private void cause(PlacedText code, Set<String> on) {
    String text = code.text().strip();
    if (text.matches("-[0-9]{1,3}")) {
      on.add("signal");
    } else if (text.matches("[0-9]{1,3}") && !text.equals("0") && Integer.parseInt(text) < 256) {
      on.add(text);
    } else {
      notes.say(code.place(), "no exit code of a failure: " + code.text() + "; it is not carried");
    }
    // The codes by which NREL's torc tells that it ended the job itself.
    if (text.equals("137")) {
      on.add("memory");
    } else if (text.equals("152")) {
      on.add("timeout");
    }
  }
}
