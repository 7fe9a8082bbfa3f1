package dev.torc.importing;

import dev.torc.importing.Target.Member;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Finds jobs, files or user data by their expanded names, or by a regular expression over these, as
 * NREL's torc does.
 */
final class NameIndex {

  /** How much all references may find; ten names that are compared count as one that is found. */
  private static final long MAX = 10_000_000;

  private final String what;
  private final Notes notes;
  private final Map<String, List<Member>> byName = new LinkedHashMap<>();
  private final Map<String, List<Member>> byRegex = new HashMap<>();
  private long cost;

  /**
   * Registers.
   *
   * @param what they are, for messages: {@code job}
   */
  NameIndex(String what, List<Target> targets, Notes notes) {
    this.what = what;
    this.notes = notes;
    targets.forEach(this::add);
  }

  private void add(Target target) {
    Text text = Text.of(target.name.text(), target.sweep.parameters());
    for (Map<String, String> row : target.sweep.rows()) {
      String name = text.put(row, false);
      List<Member> named = byName.computeIfAbsent(name, _ -> new ArrayList<>(1));
      if (!named.contains(target.member(row))) {
        named.add(target.member(row));
      }
      PlacedText first = named.getFirst().of().name;
      if (first != target.name) {
        String wrong = "a second %s %s, first at %s".formatted(what, name, first.place());
        notes.wrong().add(target.name.place(), wrong);
        return;
      }
    }
  }

  /** What has just this name, null where nothing has. */
  Target get(String name) {
    return byName.containsKey(name) ? byName.get(name).getFirst().of() : null;
  }

  /** What a job refers to by these texts; what refers to nothing is refused. */
  Links resolve(Target from, List<PlacedText> names) {
    List<String> parameters = from.sweep.parameters();
    boolean fixed =
        names.stream().allMatch(it -> Text.holes(it.text(), parameters, true).isEmpty());
    List<Map<String, String>> rows =
        from.sweep.rows().stream().limit(fixed ? 1 : Long.MAX_VALUE).toList();
    List<Set<Member>> sets = Links.empty(fixed ? 1 : from.rows.size());
    for (PlacedText name : names) {
      Text text = Text.of(name.text(), parameters);
      for (Map<String, String> row : rows) {
        List<Member> found = find(text.put(row, name.regex()), name);
        sets.get(fixed ? 0 : from.member(row).row()).addAll(found);
        if (found.isEmpty()) {
          break; // it is refused for the first row that finds nothing
        }
      }
    }
    return new Links(sets);
  }

  private List<Member> find(String text, PlacedText name) {
    List<Member> found =
        name.regex()
            ? byRegex.computeIfAbsent(text, regex -> matching(regex, name))
            : byName.getOrDefault(text, List.of());
    if (found.isEmpty() && !name.regex()) {
      notes
          .wrong()
          .add(name.place(), "no " + what + " " + text + NearestName.hint(text, byName.keySet()));
    }
    cost += found.size();
    if (cost > MAX) {
      throw new BadInput(name.place(), "refers to too much to be followed: " + name.text());
    }
    return found;
  }

  private List<Member> matching(String regex, PlacedText name) {
    List<Member> found = new ArrayList<>();
    cost += byName.size() / 10;
    try {
      Pattern pattern = Pattern.compile(regex);
      byName.forEach((each, all) -> found.addAll(pattern.matcher(each).find() ? all : List.of()));
      if (found.isEmpty()) {
        notes.wrong().add(name.place(), "no " + what + " has a name that matches " + regex);
      }
    } catch (PatternSyntaxException e) {
      notes
          .wrong()
          .add(name.place(), "no regular expression: " + regex + ": " + e.getDescription());
    }
    return found;
  }
}
