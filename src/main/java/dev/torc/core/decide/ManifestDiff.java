package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.manifest.ImageIdentity;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.manifest.ManifestWriter;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.KeyedPaths;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares two manifests and returns the differences as reasons to run. Skips needs that are
 * pending because their makers are not settled. Whether the manifests differ at all is decided by
 * their digests, not here.
 */
record ManifestDiff(
    Function<String, List<ManifestEntry>> oldList,
    Function<String, List<ManifestEntry>> newList,
    Function<String, NeedValues.OfGroup> newValues,
    List<Reason> reasons,
    Map<String, Reason> needs) {

  /** Shown for a step without an image. */
  private static final String HOST = "host";

  /**
   * Compares manifests line by line.
   *
   * @param oldList returns the members of a list for the hexadecimal digest in an old line; null if
   *     the list is not stored
   * @param newList returns the present members of a list for its name in a new line
   * @param newValues returns the present values of a group's instances for the name of a needed
   *     value; null if the value is not a group's
   */
  static List<Reason> between(
      List<ManifestEntry> old,
      List<ManifestEntry> now,
      Function<String, List<ManifestEntry>> oldList,
      Function<String, List<ManifestEntry>> newList,
      Function<String, NeedValues.OfGroup> newValues) {
    ManifestDiff difference =
        new ManifestDiff(oldList, newList, newValues, new ArrayList<>(), new LinkedHashMap<>());
    difference.compare(old, now);
    return difference.reasons;
  }

  private void compare(List<ManifestEntry> old, List<ManifestEntry> now) {
    Map<String, ManifestEntry> before = byKey(old);
    Map<String, ManifestEntry> after = byKey(now);
    ManifestEntry unnamed = before.remove(key(LineKind.EXTRA, "")); // by an earlier torc
    if (unnamed != null) {
      List<String> extras = names(now, LineKind.EXTRA);
      String name = extras.isEmpty() ? "manifest" : extras.getFirst();
      before.put(key(LineKind.EXTRA, name), LineKind.EXTRA.line(name, unnamed.now()));
    }
    Map<String, String> renamed = rename(before, after);
    after.forEach(
        (key, entry) -> {
          ManifestEntry earlier = before.get(key);
          if (earlier == null || !earlier.now().equals(entry.now())) {
            changed(earlier, entry);
          }
        });
    before.forEach(
        (key, entry) -> {
          if (!after.containsKey(key)) {
            changed(entry, null);
          }
        });
    List<String> needsGone = needs(Kind.NEED_REMOVED);
    written(LineKind.NEEDS_WRITTEN, before, after, renamed, needsGone, needs(Kind.NEED_ADDED));
    List<String> productsBefore = names(old, LineKind.PRODUCT);
    List<String> productsAfter = names(now, LineKind.PRODUCT);
    List<String> gone = new ArrayList<>(productsBefore);
    gone.removeAll(productsAfter);
    List<String> added = new ArrayList<>(productsAfter);
    added.removeAll(productsBefore);
    written(LineKind.PRODUCES_WRITTEN, before, after, Map.of(), gone, added);
    if (reasons.isEmpty()
        && needs.isEmpty()
        && !order(old).equals(order(now))
        && now.stream().noneMatch(line -> LineKind.LIST.is(line) && isPending(line))) {
      setting(LineKind.ORDER.word(), order(old), order(now));
    }
    reasons.addAll(needs.values());
    if (!productsBefore.equals(productsAfter)) {
      String then = String.join(" ", productsBefore);
      String present = String.join(" ", productsAfter);
      reasons.add(new Reason(Kind.PRODUCTS_DECLARED, "", then, present));
    }
  }

  /**
   * Gives needed jobs in the old lines their new names: jobs with equal products are the same, and
   * the other jobs are paired in order. If more than one new job is left and any is pending, the
   * pairs are uncertain, so their lines are dropped. Returns a map from old to new names.
   */
  private static Map<String, String> rename(
      Map<String, ManifestEntry> before, Map<String, ManifestEntry> after) {
    List<ManifestEntry> old = madeOnlyIn(before, after);
    List<ManifestEntry> now = madeOnlyIn(after, before);
    Map<String, String> renamed = new HashMap<>();
    for (ManifestEntry each : List.copyOf(old)) {
      for (ManifestEntry same : List.copyOf(now)) {
        if (old.contains(each) && same.now().equals(each.now())) {
          old.remove(each);
          now.remove(same);
          renamed.put(each.name(), same.name());
        }
      }
    }
    boolean same = old.size() == now.size();
    boolean unclear = now.size() > 1 && now.stream().anyMatch(ManifestDiff::isPending);
    for (int i = 0; same && i < old.size(); i++) {
      renamed.put(old.get(i).name(), now.get(i).name());
    }
    renamed.forEach((from, to) -> before.put(key(to), before.remove(key(from))));
    if (same && unclear) {
      now.forEach(each -> before.remove(key(each.name())));
      now.forEach(each -> after.remove(key(each.name())));
    }
    return renamed;
  }

  private static String key(String job) {
    return key(LineKind.LIST, job);
  }

  private static String key(LineKind kind, String name) {
    return kind.ordinal() + " " + name;
  }

  /** Returns the lines about needed jobs that only {@code one} has. */
  private static List<ManifestEntry> madeOnlyIn(
      Map<String, ManifestEntry> one, Map<String, ManifestEntry> other) {
    return one.values().stream()
        .filter(line -> LineKind.LIST.is(line) && line.name().startsWith("job "))
        .filter(line -> !other.containsKey(key(line.name())))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** Adds the reasons for a changed line. {@code old} or {@code now} may be null, not both. */
  private void changed(ManifestEntry old, ManifestEntry now) {
    ManifestEntry either = now == null ? old : now;
    LineKind line = LineKind.of(either.code());
    String name = either.name();
    if (line == null) { // from a newer torc; a case for null would slow each start
      setting("manifest", old, now);
      return;
    }
    switch (line) {
      case PRODUCT, LEFT_OUT, KEYED, NEEDS_WRITTEN, PRODUCES_WRITTEN, ORDER -> {}
      case LIST -> list(name, old, now);
      case NEED, FOUND -> need(name, old, now);
      case TOOL -> tool(name, old, now);
      case COMMAND -> template((line.word() + " " + name).strip(), value(old), value(now));
      case SHELL -> shell(name, old, now);
      case FOLDER, CONTAINER -> setting((line.word() + " " + name).strip(), old, now);
      case IMAGE -> image((line.word() + " " + name).strip(), old, now);
      case ENV -> template(line.word() + " " + name, text(old), text(now));
      case DATA -> data(name, value(old), value(now));
      case KEY -> valueIn(name, old, now);
      case SURROUNDINGS -> surroundings(name, value(old), value(now));
      case DEPFILE, BEFORE, TRACE, ARGUMENTS, SKIP -> setting(line.word(), old, now);
      case EXTRA -> setting(name, old, now);
    }
  }

  /**
   * Adds a reason for another shell. Plain words have none, so a command that became or was plain
   * words is the reason, and an earlier torc recorded a shell that does not count.
   */
  private void shell(String step, ManifestEntry old, ManifestEntry now) {
    String command = (LineKind.COMMAND.word() + " " + step).strip();
    boolean told = reasons.stream().anyMatch(reason -> reason.name().equals(command));
    if (old != null && now != null || !told && (now != null || !Manifest.runsPlain(old.now()))) {
      setting((LineKind.SHELL.word() + " " + step).strip(), old, now);
    }
  }

  private List<String> needs(Kind kind) {
    return needs.values().stream().filter(r -> r.kind() == kind).map(Reason::name).toList();
  }

  /**
   * Adds a reason if the items as written differ in more than the added and removed items, which
   * have their own reasons. A missing line means that the command did not use the items' order or
   * names, so the command's own reason is enough.
   */
  private void written(
      LineKind line,
      Map<String, ManifestEntry> before,
      Map<String, ManifestEntry> after,
      Map<String, String> renamed,
      List<String> gone,
      List<String> added) {
    String key = key(line, "");
    ManifestEntry old = before.get(key);
    ManifestEntry now = after.get(key);
    if (old != null
        && now != null
        && !old.now().equals(now.now())
        && !without(written(old.now(), renamed), gone).equals(without(now.now(), added))) {
      setting(line.word(), old, now);
    }
  }

  /**
   * Returns the words of an item list without some of them, and without names that have no items.
   */
  private static List<String> without(String list, List<String> some) {
    List<String> words =
        new ArrayList<>(List.of(list.substring(1, list.length() - 1).split(", (?=\")")));
    some.forEach(word -> words.remove(Manifest.quoted(word)));
    for (int i = words.size() - 1; i >= 0 && !some.isEmpty(); i--) {
      boolean last = i + 1 == words.size() || words.get(i + 1).endsWith(":\"");
      if (last && words.get(i).endsWith(":\"")) {
        words.remove(i);
      }
    }
    return words;
  }

  /** Returns the old needs as written, with each renamed job's new name. */
  private static String written(String needs, Map<String, String> renamed) {
    String text = needs;
    for (Map.Entry<String, String> each : renamed.entrySet()) {
      text = text.replace(Manifest.quoted(each.getKey()), Manifest.quoted(each.getValue()));
    }
    return text;
  }

  private void data(String name, String old, String now) {
    if (now.equals(ManifestWriter.PENDING)) {
      return;
    }
    NeedValues.OfGroup after = old.isEmpty() || now.isEmpty() ? null : newValues.apply(name);
    boolean digest = old.startsWith(ManifestWriter.LONG);
    String list = digest ? old.substring(ManifestWriter.LONG.length()) : Digest.ofText(old).hex();
    List<ManifestEntry> before = after == null ? null : oldList.apply(list);
    if (before == null) {
      value(name, old, now);
    } else {
      instances(after, byName(before));
    }
  }

  /** Adds a reason for each instance of a group whose value differs. */
  private void instances(NeedValues.OfGroup now, Map<String, ManifestEntry> others) {
    String group = InstanceName.parse(now.value().job()).group() + "/";
    String key = "." + now.value().key();
    for (ManifestEntry entry : now.members()) {
      String old = value(others.remove(entry.name()));
      if (!old.equals(entry.now())) {
        value(group + entry.name() + key, old, entry.now());
      }
    }
    others.values().forEach(gone -> value(group + gone.name() + key, gone.now(), ""));
  }

  private void value(String name, String old, String now) {
    reasons.add(new Reason(Kind.DATA_CHANGED, name, there(old), there(now)));
  }

  /** Adds a reason for a value in a file; one that cannot be read is told as the file. */
  private void valueIn(String name, ManifestEntry old, ManifestEntry now) {
    if (isUnreadable(now)) {
      need(KeyedPaths.path(name), null, now);
    } else if (!isPending(now)) {
      reasons.add(new Reason(Kind.KEY_CHANGED, name, there(value(old)), there(value(now))));
    }
  }

  /** Compares images by identity. A new name for the same image is not a change. */
  private void image(String what, ManifestEntry old, ManifestEntry now) {
    ImageIdentity before = ImageIdentity.of(old == null ? HOST : value(old));
    ImageIdentity after = ImageIdentity.of(now == null ? HOST : value(now));
    if (!before.identity().equals(after.identity())) {
      setting(what, before.shown(), after.shown());
    }
  }

  /** Adds a reason for a text with placeholders, in readable form unless both would look equal. */
  private void template(String what, String old, String now) {
    String then = Template.shown(old);
    String present = Template.shown(now);
    boolean alike = then.equals(present);
    setting(what, alike ? old : then, alike ? now : present);
  }

  /** Adds a reason for the entry, whose line has no name, or for a file of the lock. */
  private void surroundings(String name, String old, String now) {
    String named = !name.isEmpty() ? name : now.isEmpty() ? old : now;
    String[] words = named.split(" ", 2);
    String what = LineKind.SURROUNDINGS.word() + " " + words[0];
    if (name.isEmpty()) {
      String then = old.substring(old.indexOf(' ') + 1);
      String present = now.substring(now.indexOf(' ') + 1);
      if (!then.equals(present)) { // else only its name is another one
        setting(what, then, present);
      }
    } else if (now.startsWith(ManifestWriter.UNREADABLE)) {
      String why = now.substring(ManifestWriter.UNREADABLE.length());
      reasons.add(new Reason(Kind.NEED_UNREADABLE, what, "", why));
    } else if (!now.equals(ManifestWriter.PENDING)
        && (!old.isEmpty() && !now.isEmpty()
            || reasons.stream().noneMatch(other -> other.name().equals(what)))) {
      setting(what, words[1] + " " + shortened(old), shortened(now));
    }
  }

  private static String shortened(String value) {
    return value.isEmpty()
        ? ManifestWriter.MISSING
        : value.length() == 64 ? value.substring(0, 7) : value;
  }

  private void setting(String what, ManifestEntry old, ManifestEntry now) {
    setting(what, value(old), value(now));
  }

  private void setting(String what, String old, String now) {
    reasons.add(new Reason(Kind.SETTING_CHANGED, what, old, now));
  }

  /** Returns a variable's value without the {@code =}, or two quotes if it is set but empty. */
  private static String text(ManifestEntry env) {
    String value = value(env);
    return value.equals("=") ? "\"\"" : value.isEmpty() ? "" : value.substring(1);
  }

  private void need(String path, ManifestEntry old, ManifestEntry now) {
    if (isPending(now) || isPending(old)) {
      return;
    } else if (isUnreadable(now)) {
      String why = now.now().substring(ManifestWriter.UNREADABLE.length());
      needs.put(path, new Reason(Kind.NEED_UNREADABLE, path, value(old), why));
    } else if (old == null || now != null && old.now().equals(ManifestWriter.MISSING)) {
      needs.put(path, new Reason(Kind.NEED_ADDED, path, "", value(now)));
    } else if (now == null || now.now().equals(ManifestWriter.MISSING)) {
      // The path may also be needed in another way.
      needs.putIfAbsent(path, new Reason(Kind.NEED_REMOVED, path, value(old), ""));
    } else {
      needs.put(path, new Reason(Kind.NEED_CHANGED, path, value(old), value(now)));
    }
  }

  private void tool(String name, ManifestEntry old, ManifestEntry now) {
    if (isUnreadable(now)) {
      need(name, old, now);
    } else {
      reasons.add(new Reason(Kind.TOOL_CHANGED, name, there(value(old)), there(value(now))));
    }
  }

  /** Returns the order of the files of needed lists; an older torc sorted them by bytes. */
  private static String order(List<ManifestEntry> lines) {
    String order = "bytes";
    for (ManifestEntry line : lines) {
      if (LineKind.ORDER.is(line)) {
        order = Manifest.NATURAL;
      } else if (LineKind.LIST.is(line) && Ref.OfJob.hasRows(line.name())) {
        return "rows";
      }
    }
    return order;
  }

  /** Adds a reason if members that a list has kept come in another order. */
  private void rows(
      ManifestEntry old, List<ManifestEntry> before, ManifestEntry now, List<ManifestEntry> after) {
    if (Ref.OfJob.hasRows(old.name()) || Ref.OfJob.hasRows(now.name())) {
      List<String> then = inOrder(old, before);
      List<String> present = inOrder(now, after);
      Set<String> kept = new HashSet<>(then);
      kept.retainAll(new HashSet<>(present));
      then.retainAll(kept);
      present.retainAll(kept);
      if (!then.equals(present)) {
        String what = "order of " + Ref.OfJob.name(now.name());
        setting(what, String.join(" ", then), String.join(" ", present));
      }
    }
  }

  /** Returns the names of a list's members in the order in which a job gets them. */
  private static List<String> inOrder(ManifestEntry list, List<ManifestEntry> members) {
    List<String> names = new ArrayList<>();
    members.forEach(member -> names.add(NeedMembers.shown(member, list.name())));
    if (!Ref.OfJob.hasRows(list.name())) {
      names.sort(NeedMembers.ORDER);
    }
    return names;
  }

  /** Adds the members that differ, or the list if it was added or removed. */
  private void list(String written, ManifestEntry old, ManifestEntry now) {
    if (old == null) {
      String digest = isPending(now) ? "" : now.now();
      needs.put(written, new Reason(Kind.NEED_ADDED, written, "", digest));
      return;
    } else if (now == null) {
      needs.put(written, new Reason(Kind.NEED_REMOVED, written, old.now(), ""));
      return;
    }
    List<ManifestEntry> before = oldList.apply(old.now());
    List<ManifestEntry> after = newList.apply(written);
    if (before == null || after == null) {
      if (!isPending(now)) {
        needs.put(written, new Reason(Kind.NEED_CHANGED, written, old.now(), now.now()));
      }
      return;
    }
    if (after.size() == 1
        && after.getFirst().name().equals(written) // or a file with brackets in its name
        && isUnreadable(after.getFirst())) {
      need(written, null, after.getFirst()); // the list cannot be read
      return;
    }
    rows(old, before, now, after);
    Map<String, ManifestEntry> others = byName(before);
    for (ManifestEntry entry : after) {
      ManifestEntry earlier = others.remove(entry.name());
      if (!isPending(entry) && (earlier == null || !earlier.now().equals(entry.now()))) {
        need(NeedMembers.shown(entry, written), earlier, entry);
      }
    }
    if (!isPending(now)) {
      others.values().forEach(gone -> need(NeedMembers.shown(gone, old.name()), gone, null));
    }
  }

  private static boolean isPending(ManifestEntry line) {
    return value(line).equals(ManifestWriter.PENDING);
  }

  private static boolean isUnreadable(ManifestEntry line) {
    return value(line).startsWith(ManifestWriter.UNREADABLE);
  }

  private static String value(ManifestEntry entry) {
    return entry == null ? "" : entry.now();
  }

  private static String there(String value) {
    return value.equals(ManifestWriter.MISSING) ? "" : value;
  }

  private static Map<String, ManifestEntry> byKey(List<ManifestEntry> lines) {
    Map<String, ManifestEntry> map = LinkedHashMap.newLinkedHashMap(lines.size());
    for (ManifestEntry line : lines) {
      boolean named = LineKind.SURROUNDINGS.is(line);
      String name = line.name();
      map.put(line.code() + " " + (named ? name.substring(name.indexOf(' ') + 1) : name), line);
    }
    return map;
  }

  private static Map<String, ManifestEntry> byName(List<ManifestEntry> lines) {
    Map<String, ManifestEntry> map = new TreeMap<>();
    lines.forEach(line -> map.put(line.name(), line));
    return map;
  }

  private static List<String> names(List<ManifestEntry> lines, LineKind kind) {
    return lines.stream().filter(kind::is).map(ManifestEntry::name).toList();
  }
}
