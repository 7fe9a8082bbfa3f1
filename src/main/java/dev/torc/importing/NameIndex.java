package dev.torc.importing;

import dev.torc.importing.Target.Member;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Finds jobs, files or user data by their expanded names, or by a regular expression over these, as
 * NREL's torc does.
 */
final class NameIndex {

  /** How much all references may find; ten names that are compared count as one that is found. */
  private static final long MAX = 5_000_000;

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
    Text name = Text.of(target.name.text(), target.sweep.parameters());
    for (Map<String, String> row : target.sweep.rows()) {
      Member member = target.member(row);
      List<Member> named = byName.computeIfAbsent(name.put(row, false), _ -> new ArrayList<>(1));
      if (!named.contains(member)) {
        named.add(member);
      }
      Target first = named.getFirst().of();
      if (first != target) {
        notes.refuse(
            target.name.place(),
            "a second %s %s, first at %s"
                .formatted(what, name.put(row, false), first.name.place()));
        return;
      }
    }
  }

  /** What has just this name, null where nothing has. */
  Target get(String name) {
    return byName.containsKey(name) ? byName.get(name).getFirst().of() : null;
  }

  /**
   * What texts refer to; what refers to nothing is refused.
   *
   * @return by target, what each instance of {@code from} refers to; one set where it is the same
   *     for all
   */
  SequencedMap<Target, List<Set<Member>>> resolve(Target from, List<PlacedText> names) {
    SequencedMap<Target, List<Set<Member>>> links = new LinkedHashMap<>();
    for (PlacedText name : names) {
      link(from, name).forEach((target, sets) -> links.merge(target, sets, NameIndex::union));
    }
    return links;
  }

  private SequencedMap<Target, List<Set<Member>>> link(Target from, PlacedText name) {
    List<String> parameters = from.sweep.parameters();
    Text text = Text.of(name.text(), parameters);
    boolean fixed = Text.holes(name.text(), parameters, true).isEmpty();
    SequencedMap<Target, List<Set<Member>>> links = new LinkedHashMap<>();
    for (Map<String, String> row : from.sweep.rows()) {
      String expanded = text.put(row, name.regex());
      List<Member> found =
          name.regex()
              ? byRegex.computeIfAbsent(expanded, regex -> matching(regex, name.place()))
              : byName.get(expanded);
      if (found == null && !name.regex()) {
        String hint = NearestName.hint(expanded, byName.keySet());
        notes.refuse(name.place(), "no " + what + " " + expanded + hint);
      }
      if (found == null) {
        return links;
      }
      cost += found.size();
      if (cost > MAX) {
        throw new BadInput(name.place(), "refers to too much to be followed: " + name.text());
      }
      for (Member member : found) {
        links
            .computeIfAbsent(member.of(), _ -> empty(fixed ? 1 : from.rows.size()))
            .get(fixed ? 0 : from.member(row).row())
            .add(member);
      }
      if (fixed) {
        break;
      }
    }
    return links;
  }

  /** So many empty sets. */
  static List<Set<Member>> empty(int count) {
    return Stream.generate(() -> (Set<Member>) new LinkedHashSet<Member>()).limit(count).toList();
  }

  /** What each instance refers to by either. */
  static List<Set<Member>> union(List<Set<Member>> a, List<Set<Member>> b) {
    List<Set<Member>> both = empty(Math.max(a.size(), b.size()));
    for (int i = 0; i < both.size(); i++) {
      both.get(i).addAll(a.get(Math.min(i, a.size() - 1)));
      both.get(i).addAll(b.get(Math.min(i, b.size() - 1)));
    }
    return both;
  }

  /** Null, and refused, where there is none. */
  private List<Member> matching(String regex, Place place) {
    List<Member> found = new ArrayList<>();
    cost += byName.size() / 10;
    try {
      Pattern pattern = Pattern.compile(regex);
      byName.forEach(
          (name, members) -> {
            if (pattern.matcher(name).find()) {
              found.addAll(members);
            }
          });
      if (found.isEmpty()) {
        notes.refuse(place, "no " + what + " has a name that matches " + regex);
        return null;
      }
      return found;
    } catch (PatternSyntaxException e) {
      notes.refuse(place, "no regular expression: " + regex + ": " + e.getDescription());
      return null;
    }
  }
}
