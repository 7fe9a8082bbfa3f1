package dev.torc.features.remarks;

import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds variables in {@code env} whose names look like those of secrets: values in {@code env} are
 * recorded and shown. It judges by the words of a name alone, so {@code MONKEYS} is none.
 */
final class SecretNames {

  private static final Set<String> WORDS =
      Set.of("TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "KEY", "APIKEY", "CREDENTIALS");

  /** Words at the end of a name that say where a secret is, or something else about it. */
  private static final Set<String> ABOUT =
      Set.of("FILE", "PATH", "DIR", "ID", "NAME", "LENGTH", "COUNT", "URL");

  private static final Pattern BETWEEN = Pattern.compile("[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])");

  private SecretNames() {}

  /** Returns the rest of a warning about a job; null if there is nothing to say. */
  static String in(Job job, Step step) {
    List<String> names = new ArrayList<>(0);
    step.env()
        .forEach(
            (name, value) -> {
              boolean recorded = value.isEmpty() || hasText(value.get());
              if (recorded && isSecret(name) && !job.parameters().containsKey(name)) {
                names.add(name);
              }
            });
    return names.isEmpty()
        ? null
        : " has %s in env, and torc records what env says; for a secret of the caller write %s: {secret: true}"
            .formatted(String.join(", ", names), names.getFirst());
  }

  private static boolean hasText(Template value) {
    return value.parts().stream()
        .anyMatch(part -> part instanceof Template.Part.Text text && !text.text().isEmpty());
  }

  private static boolean isSecret(String name) {
    List<String> words = List.of(BETWEEN.split(name.strip()));
    List<String> upper = words.stream().map(word -> word.toUpperCase(Locale.ROOT)).toList();
    return !Collections.disjoint(upper, WORDS) && !ABOUT.contains(upper.getLast());
  }
}
