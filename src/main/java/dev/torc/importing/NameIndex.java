package dev.torc.importing;

import dev.torc.importing.Imported.Notes;
import dev.torc.importing.Target.Member;
import dev.torc.importing.Text.PlacedText;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Finds jobs, files or user data by their expanded names, or by a regular expression over these, as
 * NREL's torc does.
 */
final class NameIndex {

  /**
   * Instances that an instance refers to.
   *
   * @param said the values of its own that stand in the names, by which they were found
   */
  record Found(Target to, Set<Member> some, Map<String, String> said) {

    /** All of them. */
    static Set<Member> all(List<Found> found) {
      return found.stream().flatMap(it -> it.some.stream()).collect(Collectors.toSet());
    }
  }

  /** How much all references may find; ten names that are compared count as one that is found. */
  private static final long MAX = 10_000_000;

  private final String what;
  private final Notes notes;
  private final Map<String, Set<Member>> byName = new LinkedHashMap<>();
  private final Map<String, Set<Member>> byRegex = new HashMap<>();
  private final Map<Map<PlacedText, PlacedText>, SequencedMap<Target, Set<Member>>> found =
      new HashMap<>();

  /** The texts that were refused, which is done for the first instance alone. */
  private final Set<PlacedText> refused = new HashSet<>();

  private long cost;

  /**
   * Registers.
   *
   * @param what they are, for messages: {@code job}
   */
  NameIndex(String what, List<Target> targets, Notes notes) {
    this.what = what;
    this.notes = notes;
    for (Target target : targets) {
      for (Map<String, String> row : target.sweep.rows()) {
        String name = target.name.put(row).text();
        Set<Member> named = byName.computeIfAbsent(name, _ -> new LinkedHashSet<>());
        named.add(target.member(row));
        PlacedText first = named.iterator().next().of().name;
        if (first != target.name) {
          refuse(target.name, "a second %s %s, first at %s".formatted(what, name, first.place()));
        }
      }
    }
  }

  private void refuse(PlacedText name, String reason) {
    if (refused.add(name)) {
      notes.wrong().add(name.place(), reason);
    }
  }

  /** What has just this name, null where nothing has. */
  Target get(String name) {
    return byName.containsKey(name) ? byName.get(name).iterator().next().of() : null;
  }

  /** What an instance refers to by these texts; what refers to nothing is refused. */
  List<Found> resolve(Member from, List<PlacedText> names) {
    Map<Map<String, String>, Map<PlacedText, PlacedText>> texts = new LinkedHashMap<>();
    for (PlacedText name : names) {
      Map<String, String> said = Sweep.part(from.values(), name.holes(from.of().kept));
      Map<PlacedText, PlacedText> alike = texts.computeIfAbsent(said, _ -> new LinkedHashMap<>());
      from.of().rows.get(from).forEach(row -> alike.put(name.put(row), name));
    }
    List<Found> all = new ArrayList<>();
    texts.forEach(
        (said, alike) ->
            found
                .computeIfAbsent(alike, this::find)
                .forEach((to, some) -> all.add(new Found(to, some, said))));
    return all;
  }

  private SequencedMap<Target, Set<Member>> find(Map<PlacedText, PlacedText> names) {
    SequencedMap<Target, Set<Member>> all = new LinkedHashMap<>();
    names.forEach(
        (expanded, name) -> {
          String text = expanded.text();
          Set<Member> members =
              name.regex()
                  ? byRegex.computeIfAbsent(text, _ -> matching(text, name))
                  : byName.getOrDefault(text, Set.of());
          if (members.isEmpty()) {
            String hint = NearestName.hint(text, byName.keySet());
            refuse(
                name,
                "no "
                    + what
                    + (name.regex() ? " has a name that matches " + text : " " + text + hint));
          }
          cost += members.size();
          if (cost > MAX) {
            throw new BadInput(name.place(), "refers to too much to be followed: " + name.text());
          }
          members.forEach(
              each -> all.computeIfAbsent(each.of(), _ -> new LinkedHashSet<>()).add(each));
        });
    all.replaceAll((target, some) -> some.equals(target.members()) ? target.members() : some);
    return all;
  }

  private Set<Member> matching(String regex, PlacedText name) {
    Set<Member> found = new LinkedHashSet<>();
    cost += byName.size() / 10;
    try {
      Pattern pattern = Pattern.compile(regex);
      byName.forEach((each, all) -> found.addAll(pattern.matcher(each).find() ? all : Set.of()));
    } catch (PatternSyntaxException e) {
      refuse(name, "no regular expression: " + regex + ": " + e.getDescription());
    }
    return found;
  }
}
