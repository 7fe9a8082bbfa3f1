package dev.torc.importing;

import dev.torc.importing.Target.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What each instance of a job refers to. It does not know by which texts.
 *
 * @param sets one for each instance; only one where it is the same for all
 */
record Links(List<Set<Member>> sets) {

  Links {
    sets = sets.stream().distinct().count() == 1 ? List.of(sets.getFirst()) : sets;
  }

  /** So many empty sets. */
  static List<Set<Member>> empty(int count) {
    List<Set<Member>> sets = new ArrayList<>();
    IntStream.range(0, count).forEach(_ -> sets.add(new LinkedHashSet<>()));
    return sets;
  }

  /** What an instance refers to, by its number. */
  Set<Member> at(int row) {
    return sets.get(Math.min(row, sets.size() - 1));
  }

  /** The same by job, file or piece of user data. */
  SequencedMap<Target, Links> parts() {
    SequencedMap<Target, List<Set<Member>>> parts = new LinkedHashMap<>();
    for (int i = 0; i < sets.size(); i++) {
      for (Member each : sets.get(i)) {
        parts.computeIfAbsent(each.of(), _ -> empty(sets.size())).get(i).add(each);
      }
    }
    SequencedMap<Target, Links> links = new LinkedHashMap<>();
    parts.forEach((target, part) -> links.put(target, new Links(part)));
    return links;
  }

  /** What the instances refer to by way of these. */
  Links by(Map<Member, Set<Member>> next) {
    List<Set<Member>> found = empty(sets.size());
    for (int i = 0; i < sets.size(); i++) {
      Set<Member> set = found.get(i);
      sets.get(i).forEach(each -> set.addAll(next.getOrDefault(each, Set.of())));
    }
    return new Links(found);
  }

  /** Whether each instance refers to all that it refers to by the other links. */
  boolean containsAll(Links other) {
    return IntStream.range(0, Math.max(sets.size(), other.sets.size()))
        .allMatch(i -> at(i).containsAll(other.at(i)));
  }
}
