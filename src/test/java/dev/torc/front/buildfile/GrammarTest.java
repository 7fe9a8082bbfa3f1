package dev.torc.front.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Page;
import dev.torc.base.syntax.BadInput;
import dev.torc.features.clusters.ExecutorReader;
import dev.torc.features.containers.ImageReader;
import dev.torc.features.groups.AxisReader;
import dev.torc.features.groups.FactoryReader;
import dev.torc.features.hooks.HookReader;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.stores.StoresReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Checks that the page of the grammar has the keys of the readers, and that each key accepts the
 * forms that the page gives.
 */
class GrammarTest {

  private static final Pattern RULE = Pattern.compile("(?m)^(\\w+) += (.*(?:\\n +.*)*)");
  private static final Pattern KEY = Pattern.compile("\\b([a-z_0-9]+): ");

  /** A value of each form, as YAML writes it. */
  private static final Map<String, String> FORMS =
      new TreeMap<>(
          Map.of("text", "a", "number", "3", "flag", "true", "list", "[a]", "map", "{zz: b}"));

  /**
   * How a reader refuses a form that a key does not accept; other words are for errors in a form.
   */
  private static final String REFUSED =
      "\\b%s (must be (a map|a text|a list|true|a whole|failure)|is \\w+(, \\w+)* or |names none)";

  private static final Map<String, String> RULES = new LinkedHashMap<>();

  @BeforeAll
  static void read() throws Exception {
    String text = Page.of("grammar.md").blocks("text").getFirst().text();
    RULE.matcher(text).results().forEach(rule -> RULES.put(rule.group(1), rule.group(2)));
    assertTrue(text.lines().count() <= 80, "a grammar has a page of 80 lines");
  }

  private static Set<String> keys(String rule) {
    Set<String> keys = new TreeSet<>();
    KEY.matcher(RULES.get(rule)).results().forEach(key -> keys.add(key.group(1)));
    return keys;
  }

  @Test
  void itsKeysAreThoseThatAreRead() {
    Map<String, Collection<String>> read = new HashMap<>();
    read.put("file", KnownKeys.TOP);
    read.put("job", JobFeatures.JOB);
    read.put("need", KnownKeys.NEED);
    read.put("values", AxisReader.VALUES);
    read.put("table", AxisReader.TABLE);
    read.put("task", KnownKeys.TASK);
    read.put("amounts", KnownKeys.RESOURCES);
    read.put("cards", KnownKeys.CARDS);
    read.put("retry", KnownKeys.RETRY);
    read.put("grow", KnownKeys.GROW);
    read.put("hooks", HookReader.HOOKS);
    read.put("hook", HookReader.HOOK);
    read.put("container", ImageReader.CONTAINER);
    read.put(
        "executor",
        Stream.of(ExecutorReader.EXECUTOR, ExecutorReader.OF_SLURM, ExecutorReader.OF_COMMANDS)
            .flatMap(List::stream)
            .toList());
    read.put("words", ExecutorReader.OF_WORDS);
    read.put("stores", StoresReader.KEYS);
    read.put("shared", StoresReader.SHARED);
    read.put("stamps", KnownKeys.STAMPS);
    read.put("shown", KnownKeys.REPORT);
    read.put("factory", FactoryReader.FACTORY);
    read.put("factored", FactoryReader.PARAMETER);
    read.forEach((rule, keys) -> assertEquals(new TreeSet<>(keys), keys(rule), rule));
  }

  /** The forms that an expression of the page has, by the names of {@link #FORMS}. */
  private static Set<String> forms(String expression) {
    Set<String> forms = new TreeSet<>();
    for (String each : alternatives(expression)) {
      if (each.startsWith("[")) {
        forms.add("list");
      } else if (each.startsWith("{")) {
        forms.add("map");
      } else if (each.startsWith("\"")) {
        continue; // a fixed word, which no sample has
      } else if (List.of("text", "path", "NAME", "CLASS", "duration").contains(each)) {
        forms.addAll(List.of("text", "number", "flag"));
      } else if (each.equals("whole")) {
        forms.add("number");
      } else if (each.equals("flag")) {
        forms.add("flag");
      } else if (each.equals("any")) {
        forms.addAll(FORMS.keySet());
      } else {
        forms.addAll(forms(RULES.get(each)));
      }
    }
    return forms;
  }

  /** Splits at the bars outside brackets; ends at the next key or the comment. */
  private static List<String> alternatives(String expression) {
    List<String> all = new ArrayList<>();
    int depth = 0;
    int begin = 0;
    for (int i = 0; i <= expression.length(); i++) {
      boolean end = i == expression.length() || depth == 0 && expression.startsWith("  ", i);
      if (end || depth == 0 && expression.charAt(i) == '|') {
        all.add(expression.substring(begin, i).strip());
        begin = i + 1;
        if (end) {
          return all;
        }
      }
      depth += "[{".indexOf(expression.charAt(i)) >= 0 ? 1 : 0;
      depth -= "]}".indexOf(expression.charAt(i)) >= 0 ? 1 : 0;
    }
    throw new AssertionError(expression);
  }

  /** Returns the keys of the rule with their expressions; columns are two spaces apart. */
  private static Map<String, String> columns(String rule) {
    Map<String, String> columns = new LinkedHashMap<>();
    String body = RULES.get(rule).substring(1).replaceFirst(" }$", "");
    for (String part : body.strip().split("\\n +| {2,}")) {
      Matcher key = KEY.matcher(part);
      assertTrue(key.lookingAt(), part);
      columns.put(key.group(1), part.substring(key.end()));
    }
    return columns;
  }

  @Test
  void aKeyOfTheFileTakesItsFormsAndNoOthers() {
    columns("file")
        .forEach(
            (key, form) -> {
              String jobs = key.equals("jobs") ? "" : "jobs: {j: {command: 'true'}}";
              check(key, form, value -> Written.yaml(key + ": " + value, jobs));
            });
  }

  @Test
  void aKeyOfAJobTakesItsFormsAndNoOthers() {
    columns("job")
        .forEach(
            (key, form) -> {
              String beside =
                  List.of("sha256", "headers").contains(key)
                      ? "fetch: 'http://h/x', produces: x, "
                      : List.of("command", "tasks").contains(key) ? "" : "command: 'true', ";
              String retries = key.equals("retry") ? "retries: 1, " : "";
              check(
                  key,
                  form,
                  value ->
                      Written.yaml(
                          "jobs: {j: {%s%s%s: %s}}".formatted(beside, retries, key, value)));
            });
  }

  private static void check(String key, String form, Function<String, Written> file) {
    Set<String> taken = new TreeSet<>();
    FORMS.forEach(
        (name, value) -> {
          String refusal = "";
          try (Written written = file.apply(value)) {
            written.load();
          } catch (BadInput e) {
            refusal = e.getMessage();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          if (!Pattern.compile(REFUSED.formatted(key)).matcher(refusal).find()) {
            taken.add(name);
          }
        });
    assertEquals(forms(form), taken, key + ": " + form);
  }
}
