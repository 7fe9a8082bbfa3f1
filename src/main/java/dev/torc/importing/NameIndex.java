package dev.torc.importing;

import dev.torc.syntax.NearestName;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Finds jobs, files or user data by their expanded names, or by a regular expression over these. It
 * answers with instances; the rule behind them is found by {@link InstanceSelection}.
 */
final class NameIndex {

  /** How many comparisons and results one job's references may cost. */
  private static final long MAX = 5_000_000;

  /** One of the expanded names. */
  private record Member(Target target, int row) {}

  private final String what;
  private final Notes notes;
  private final Map<String, List<Member>> byName = new LinkedHashMap<>();

  /**
   * Makes an empty register.
   *
   * @param what is registered, for messages: {@code job}
   */
  NameIndex(String what, Notes notes) {
    this.what = what;
    this.notes = notes;
  }

  void add(Target target) {
    List<TextPiece> name = TextPiece.ofName(target.sweep.name().text(), target.sweep.parameters());
    for (SequencedMap<String, String> row : target.sweep.rows()) {
      Member member = new Member(target, target.instance(row));
      List<Member> named =
          byName.computeIfAbsent(ParameterSweep.expand(name, row), key -> new ArrayList<>(1));
      if (!named.contains(member)) {
        named.add(member);
      }
      if (named.getFirst().target() != target) {
        notes.refuse(
            target.sweep.place(),
            "a second %s %s, first at %s"
                .formatted(
                    what,
                    ParameterSweep.expand(name, row),
                    named.getFirst().target().sweep.place()));
        return;
      }
    }
  }

  /**
   * What texts refer to, for each instance of a target; what refers to nothing is refused.
   *
   * @return by target, one set of instance numbers for each instance of {@code from}; the same set
   *     where it does not depend on the instance
   */
  SequencedMap<Target, List<SortedSet<Integer>>> resolve(Target from, WorkflowSpec.Names names) {
    SequencedMap<Target, List<SortedSet<Integer>>> links = new LinkedHashMap<>();
    names.names().forEach(name -> link(from, name, false, links));
    names.regexes().forEach(regex -> link(from, regex, true, links));
    return links;
  }

  private void link(
      Target from,
      PlacedText text,
      boolean regex,
      SequencedMap<Target, List<SortedSet<Integer>>> links) {
    List<TextPiece> pieces = TextPiece.ofName(text.text(), from.sweep.parameters());
    boolean fixed = pieces.stream().noneMatch(piece -> piece instanceof TextPiece.Hole);
    Map<String, List<Member>> known = new HashMap<>();
    Map<Target, List<SortedSet<Integer>>> own = new LinkedHashMap<>();
    long cost = 0;
    for (SequencedMap<String, String> row : from.sweep.rows()) {
      String expanded = regex ? pattern(pieces, row) : ParameterSweep.expand(pieces, row);
      List<Member> found = known.get(expanded);
      if (found == null) {
        found = regex ? matching(expanded, text.place()) : named(expanded, text.place());
        // A comparison is cheap beside what is kept of it.
        cost += regex ? byName.size() / 10 + 1 : 1;
        if (found == null) {
          return;
        }
        known.put(expanded, found);
      }
      cost += found.size();
      if (cost > MAX) {
        notes.refuse(text.place(), "refers to too much to be followed: " + text.text());
        return;
      }
      for (Member member : found) {
        own.computeIfAbsent(member.target(), key -> empty(from.rows.size(), fixed))
            .get(from.instance(row))
            .add(member.row());
      }
      if (fixed) {
        break;
      }
    }
    own.forEach((target, sets) -> links.merge(target, sets, NameIndex::union));
  }

  /** For each instance a set; one for all where what is referred to does not depend on it. */
  static List<SortedSet<Integer>> empty(int instances, boolean shared) {
    SortedSet<Integer> one = new TreeSet<>();
    return new ArrayList<>(
        Stream.generate(() -> shared ? one : new TreeSet<Integer>()).limit(instances).toList());
  }

  /** What either refers to, for each instance; the same set where both have the same as before. */
  static List<SortedSet<Integer>> union(List<SortedSet<Integer>> a, List<SortedSet<Integer>> b) {
    List<SortedSet<Integer>> both = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      if (i > 0 && a.get(i) == a.get(i - 1) && b.get(i) == b.get(i - 1)) {
        both.add(both.getLast());
      } else {
        SortedSet<Integer> set = new TreeSet<>(a.get(i));
        set.addAll(b.get(i));
        both.add(set);
      }
    }
    return both;
  }

  private List<Member> named(String name, Place place) {
    List<Member> found = byName.get(name);
    if (found == null) {
      notes.refuse(place, "no " + what + " " + name + NearestName.hint(name, byName.keySet()));
    }
    return found;
  }

  private List<Member> matching(String regex, Place place) {
    try {
      Pattern pattern = Pattern.compile(regex);
      List<Member> found = new ArrayList<>();
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

  /** A regular expression in which the values of a row stand for themselves. */
  private static String pattern(List<TextPiece> pieces, Map<String, String> row) {
    StringBuilder out = new StringBuilder();
    for (TextPiece piece : pieces) {
      String text = ParameterSweep.expand(List.of(piece), row);
      boolean quoted = piece instanceof TextPiece.Hole && !text.matches("\\w*");
      out.append(quoted ? Pattern.quote(text) : text);
    }
    return out.toString();
  }
}
