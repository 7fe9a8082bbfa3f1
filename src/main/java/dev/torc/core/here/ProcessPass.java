package dev.torc.core.here;

import dev.torc.base.machine.ProcessTable;
import dev.torc.base.machine.ProcessTable.Entry;
import dev.torc.base.posix.OtherProcess;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads all processes of the machine once to measure several process trees, so that the cost of
 * {@code /proc} does not grow with the number of jobs. A process belongs to a tree by its group,
 * its ancestors or the mark in its environment. The caller decides how often to read. For one
 * thread.
 */
final class ProcessPass {

  /** CPU nanoseconds, without ended processes whose parent did not wait, and bytes of memory. */
  record Use(long cpu, long memory) {}

  /** Ids of processes in no tree. Their environments do not change, so they are read once. */
  private Set<Long> strangers = Set.of();

  List<Use> measure(List<ProcessTree> trees) {
    Map<ProcessTree, List<Entry>> members = members(trees);
    return trees.stream().map(tree -> use(tree, members.get(tree))).toList();
  }

  /** Returns the living processes of each tree, from a pass of its own. */
  static Map<ProcessTree, List<Entry>> living(Collection<ProcessTree> trees) {
    if (trees.isEmpty()) {
      return Map.of();
    }
    var living = new ProcessPass().members(List.copyOf(trees));
    living.remove(null);
    living.values().forEach(tree -> tree.removeIf(Entry::isDead));
    return living;
  }

  /**
   * Returns all processes of each tree, including zombies but never this process or its ancestors,
   * and updates each tree with them.
   */
  Map<ProcessTree, List<Entry>> members(List<ProcessTree> trees) {
    Map<ProcessTree, Map<Integer, Long>> before = new HashMap<>();
    Map<Long, ProcessTree> known = new HashMap<>(); // by id
    Map<Integer, ProcessTree> groups = new HashMap<>();
    for (ProcessTree tree : trees) {
      before.put(tree, tree.knownStarts());
      before.get(tree).forEach((pid, start) -> known.put(Entry.id(pid, start), tree));
      groups.put(tree.group(), tree);
    }
    groups.remove(0);
    List<Entry> all = ProcessTable.all();
    Set<Long> ours = OtherProcess.ancestors(ProcessHandle.current().pid());
    all.removeIf(process -> ours.contains((long) process.pid()));
    Map<Integer, ProcessTree> owners = new HashMap<>(); // by process number
    for (Entry process : all) {
      ProcessTree owner = known.getOrDefault(process.id(), groups.get(process.group()));
      if (owner != null) {
        owners.put(process.pid(), owner);
      }
    }
    Set<Long> others = new HashSet<>();
    for (Entry process : ProcessTable.divide(all, owners).getOrDefault(null, List.of())) {
      ProcessTree owner = marked(process, trees);
      if (owner == null) {
        others.add(process.id());
      } else {
        owners.put(process.pid(), owner);
      }
    }
    strangers = others;
    Map<ProcessTree, List<Entry>> members = ProcessTable.divide(all, owners);
    for (ProcessTree tree : trees) {
      tree.update(before.get(tree), members.computeIfAbsent(tree, _ -> new ArrayList<>()));
    }
    return members;
  }

  /** Returns the tree whose mark a process carries; null for none. */
  private ProcessTree marked(Entry process, List<ProcessTree> trees) {
    if (strangers.contains(process.id())) {
      return null;
    }
    Set<String> environment = null;
    for (ProcessTree tree : trees) {
      if (tree.mayOwn(process)) {
        environment = environment == null ? ProcessTable.environment(process.pid()) : environment;
        if (tree.isMark(process.pid(), environment)) {
          return tree;
        }
      }
    }
    return null;
  }

  private static Use use(ProcessTree tree, List<Entry> members) {
    List<Entry> own = members.stream().filter(process -> tree.counts(process.pid())).toList();
    Stream<Entry> living = own.stream().filter(process -> !process.isDead());
    long cpu = own.stream().mapToLong(Entry::cpu).sum();
    return new Use(cpu, tree.memory(living.map(Entry::pid).toList()));
  }
}
