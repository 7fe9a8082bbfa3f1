package dev.torc.importing;

import dev.torc.workflow.Nearest;
import dev.torc.workflow.Place;
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

/**
 * All jobs, or all files, by the names they are expanded to, and what names and regular expressions
 * of a job refer to among them.
 */
final class Register {

  /** How many comparisons and results one job's references may cost. */
  private static final long MAX = 5_000_000;

  /** One of the expanded names. */
  private record Member(Unit unit, int row) {}

  private final String what;
  private final Notes notes;
  private final Map<String, List<Member>> byName = new LinkedHashMap<>();

  /**
   * Makes an empty register.
   *
   * @param what is registered, for messages: {@code job}
   */
  Register(String what, Notes notes) {
    this.what = what;
    this.notes = notes;
  }

  void add(Unit unit) {
    List<Piece> name = Piece.ofName(unit.family.name().text(), unit.family.parameters());
    for (SequencedMap<String, String> row : unit.family.rows()) {
      Member member = new Member(unit, unit.instance(row));
      List<Member> named =
          byName.computeIfAbsent(Family.expand(name, row), key -> new ArrayList<>(1));
      if (!named.contains(member)) {
        named.add(member);
      }
      if (named.getFirst().unit() != unit) {
        notes.refuse(
            unit.family.place(),
            "a second %s %s, first at %s"
                .formatted(what, Family.expand(name, row), named.getFirst().unit().family.place()));
        return;
      }
    }
  }

  /**
   * What texts refer to, for each instance of a unit; what refers to nothing is refused.
   *
   * @return by unit, one set of instance numbers for each instance of {@code from}; the same set
   *     where it does not depend on the instance
   */
  SequencedMap<Unit, List<SortedSet<Integer>>> resolve(Unit from, Spec.Names names) {
    SequencedMap<Unit, List<SortedSet<Integer>>> links = new LinkedHashMap<>();
    names.names().forEach(name -> link(from, name, false, links));
    names.regexes().forEach(regex -> link(from, regex, true, links));
    return links;
  }

  private void link(
      Unit from, Text text, boolean regex, SequencedMap<Unit, List<SortedSet<Integer>>> links) {
    List<Piece> pieces = Piece.ofName(text.text(), from.family.parameters());
    boolean fixed = pieces.stream().noneMatch(piece -> piece instanceof Piece.Hole);
    Map<String, List<Member>> known = new HashMap<>();
    Map<Unit, List<SortedSet<Integer>>> own = new LinkedHashMap<>();
    long cost = 0;
    for (SequencedMap<String, String> row : from.family.rows()) {
      String expanded = regex ? pattern(pieces, row) : Family.expand(pieces, row);
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
      int instance = fixed ? 0 : from.instance(row);
      for (Member member : found) {
        sets(own, member.unit(), from, fixed).get(instance).add(member.row());
      }
      if (fixed) {
        break;
      }
    }
    own.forEach((unit, sets) -> links.merge(unit, sets, Register::union));
  }

  private static List<SortedSet<Integer>> sets(
      Map<Unit, List<SortedSet<Integer>>> own, Unit unit, Unit from, boolean shared) {
    return own.computeIfAbsent(
        unit,
        key -> {
          List<SortedSet<Integer>> sets = new ArrayList<>();
          SortedSet<Integer> one = new TreeSet<>();
          from.rows.forEach(row -> sets.add(shared ? one : new TreeSet<>()));
          return sets;
        });
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
      notes.refuse(place, "no " + what + " " + name + Nearest.hint(name, byName.keySet()));
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
  static String pattern(String regex, Map<String, String> row) {
    return pattern(Piece.ofName(regex, row.keySet()), row);
  }

  private static String pattern(List<Piece> pieces, Map<String, String> row) {
    StringBuilder out = new StringBuilder();
    for (Piece piece : pieces) {
      String text = Family.expand(List.of(piece), row);
      boolean quoted = piece instanceof Piece.Hole && !text.matches("\\w*");
      out.append(quoted ? Pattern.quote(text) : text);
    }
    return out.toString();
  }
}
