package dev.torc.front.importing;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.front.importing.Imported.Notes;
import dev.torc.front.importing.Target.Member;
import dev.torc.front.importing.Text.PlacedText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Finds jobs, files or user data by their expanded names, or by a regular expression that matches
 * these names, as NREL's torc does.
 */
final class NameIndex {

  /**
   * The most members that all references together may find. Ten names that are compared with a
   * regular expression count as one member.
   */
  private static final long MAX = 10_000_000;

  private final String what;
  private final Notes notes;
  private final Map<String, Set<Member>> byName = new LinkedHashMap<>();
  private final Map<Map<PlacedText, PlacedText>, Map<Target, Set<Member>>> found = new HashMap<>();

  /** The texts that were refused. Each is reported only for the first instance. */
  private final Set<PlacedText> refused = new HashSet<>();

  private long cost;

  /** Registers the targets; {@code what} is their kind in messages, such as {@code job}. */
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

  Target get(String name) {
    return byName.containsKey(name) ? byName.get(name).iterator().next().of() : null;
  }

  /**
   * Returns the members that texts of an instance refer to; refuses a text that refers to nothing.
   */
  Set<Member> resolve(Member from, List<PlacedText> names) {
    Set<Member> all = new LinkedHashSet<>();
    resolveByTarget(from, names).values().forEach(all::addAll);
    return all;
  }

  /**
   * Returns the members that these texts refer to, by target. If they are all members of a target,
   * the set is that of {@link Target#members()}.
   */
  Map<Target, Set<Member>> resolveByTarget(Member from, List<PlacedText> names) {
    Map<PlacedText, PlacedText> expanded = new LinkedHashMap<>();
    for (PlacedText name : names) {
      from.of().rows.get(from).forEach(row -> expanded.put(name.put(row), name));
    }
    return found.computeIfAbsent(expanded, this::find);
  }

  private Map<Target, Set<Member>> find(Map<PlacedText, PlacedText> names) {
    Map<Target, Set<Member>> all = new LinkedHashMap<>();
    names.forEach(
        (expanded, name) -> {
          String text = expanded.text();
          Set<Member> members =
              name.regex() ? matching(text, name) : byName.getOrDefault(text, Set.of());
          if (members.isEmpty()) {
            String hint = NearestName.hint(text, byName.keySet());
            String lacks = name.regex() ? " has a name that matches " + text : " " + text + hint;
            refuse(name, "no " + what + lacks);
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
