package dev.torc.front.importing;

import static dev.torc.front.importing.LiteralText.literal;

import dev.torc.front.importing.BuildFileText.Flow;
import dev.torc.front.importing.BuildFileText.Placed;
import dev.torc.front.importing.Imported.Notes;
import dev.torc.front.importing.Text.PlacedText;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Translates a class of resources to an entry of {@code resources}, and a failure handler to {@code
 * retries} and {@code retry}.
 */
record ResourcesAndRetries(Notes notes) {

  private static final Pattern MEMORY = Pattern.compile("(?<=[0-9])\\s*([kKmMgGtT]?)[iI]?[bB]?$");

  /** The amounts of a job whose class does not name them; they need not be written. */
  private static final Map<String, String> DEFAULTS =
      Map.of("cpus", "0", "gpus", "0", "nodes", "1");

  /** The exit codes of jobs that NREL's torc stopped, with the cause. */
  private static final Map<String, String> OWN_CODES = Map.of("137", "memory", "152", "timeout");

  /** Returns the amounts of a class; they are checked when torc reads the build file. */
  Placed resources(MapReader entries) {
    SequencedMap<String, Object> amounts = new LinkedHashMap<>();
    for (String key : List.of("cpus", "memory", "gpus", "nodes", "runtime")) {
      for (PlacedText text : entries.texts("num_" + key, key)) {
        String given = text.text().strip();
        String amount = key.equals("memory") ? memory(given) : given;
        if (!amount.equals(DEFAULTS.get(key))) {
          amounts.put(key, amount);
        }
      }
    }
    return new Placed(entries.place(), new Flow(amounts));
  }

  /** Returns memory in torc's units: NREL's are binary, and a bare number is bytes. */
  private static String memory(String text) {
    return MEMORY
        .matcher(text)
        .replaceFirst(
            it -> it.group(1).toUpperCase(Locale.ROOT) + (it.group(1).isEmpty() ? "B" : "iB"));
  }

  Map<String, Object> retries(MapReader handler) {
    Set<String> on = new LinkedHashSet<>();
    Set<String> scripts = new LinkedHashSet<>();
    boolean all = false;
    int most = 0;
    List<MapReader> rules = handler.maps("rules", "a rule");
    for (MapReader rule : rules) {
      most = Math.max(most, count(rule.text("max_retries")));
      all |= rule.flag("match_all_exit_codes", false);
      rule.texts("exit_codes").forEach(code -> cause(code.text().strip(), on));
      rule.texts("recovery_script").forEach(it -> scripts.add(literal(it.text())));
    }
    if (most == 0 || !all && on.isEmpty()) {
      say(handler, "retries nothing");
      return Map.of();
    }
    if (rules.size() > 1) {
      String after = all ? "any failure" : String.join(", ", on);
      String script = scripts.size() == 1 ? ", its script before each" : "";
      say(handler, "has one rule here: %d retries after %s%s".formatted(most, after, script));
    }
    if (scripts.size() > 1) {
      say(handler, "runs no recovery script: torc has one for all retries");
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
    keys.put("retry", retry.isEmpty() ? null : new Flow(retry));
    return keys;
  }

  private void say(MapReader handler, String message) {
    String name = "the failure handler " + handler.needed("name").text();
    notes.changes().add(handler.place(), name + " " + message);
  }

  private int count(PlacedText retries) {
    if (retries == null) {
      return 3; // the default of NREL's torc
    }
    if (retries.text().matches("[0-9]{1,3}")) {
      return Integer.parseInt(retries.text());
    }
    notes.wrong().add(retries.place(), "max_retries must be a whole number, not " + retries.text());
    return 0;
  }

  private static void cause(String code, Set<String> on) {
    on.add(code.startsWith("-") ? "signal" : code);
    if (OWN_CODES.containsKey(code)) {
      on.add(OWN_CODES.get(code));
    }
  }
}
