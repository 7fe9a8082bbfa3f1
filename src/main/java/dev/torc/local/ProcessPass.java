package dev.torc.local;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at all processes of the machine once, for what several trees of them use: however many jobs
 * run, {@code /proc} is read once. Whose a process is goes by its group, its ancestors, and by the
 * mark in its environment, which is read once of each. How often is the caller's choice. For one
 * thread.
 */
final class ProcessPass {

  /**
   * What a tree uses.
   *
   * @param cpu nanoseconds of CPU time so far, without processes that ended unawaited by the tree
   * @param memory bytes that are resident now, shared pages counted in each process
   * @param peak bytes: the sum of the highest use of each process
   */
  record Use(long cpu, long memory, long peak) {}

  /** Processes that are in no tree: what they carry in their environment does not change. */
  private final Set<Long> strangers = new HashSet<>();

  /** Whether this system can be looked at so. */
  static boolean works() {
    return ProcessTable.present();
  }

  /** What each of the trees uses now, in their order. */
  List<Use> look(List<ProcessTree> trees) {
    Map<Integer, Integer> owners = new HashMap<>(); // by number of a process
    Map<Integer, Integer> groups = new HashMap<>();
    List<Map<Integer, Long>> before = new ArrayList<>();
    for (int tree = 0; tree < trees.size(); tree++) {
      before.add(trees.get(tree).known());
      groups.put(trees.get(tree).group(), tree);
    }
    groups.remove(0);
    Map<Integer, ProcessTable.Entry> all = new HashMap<>();
    ProcessTable.all().forEach(process -> all.put(process.pid(), process));
    for (int tree = 0; tree < trees.size(); tree++) {
      for (var known : before.get(tree).entrySet()) {
        ProcessTable.Entry process = all.get(known.getKey());
        if (process != null && process.start() == known.getValue()) {
          owners.put(process.pid(), tree);
        }
      }
    }
    List<List<ProcessTable.Entry>> members = new ArrayList<>();
    trees.forEach(_ -> members.add(new ArrayList<>()));
    Set<Long> others = new HashSet<>();
    for (ProcessTable.Entry process : all.values()) {
      int owner = owner(process, all, owners, groups);
      if (owner < 0) {
        owner = marked(process, trees);
        owners.put(process.pid(), owner);
      }
      if (owner < 0) {
        others.add(process.id());
      } else {
        members.get(owner).add(process);
      }
    }
    strangers.clear();
    strangers.addAll(others);
    List<Use> uses = new ArrayList<>();
    for (int tree = 0; tree < trees.size(); tree++) {
      trees.get(tree).seen(before.get(tree), members.get(tree));
      uses.add(use(trees.get(tree), members.get(tree)));
    }
    return uses;
  }

  /** The tree of the process or of its nearest ancestor that is in one; -1 for none. */
  private static int owner(
      ProcessTable.Entry process,
      Map<Integer, ProcessTable.Entry> all,
      Map<Integer, Integer> owners,
      Map<Integer, Integer> groups) {
    int owner = -1;
    int steps = 0; // numbers may be used again while they are read: no circle is endless
    for (var at = process; at != null && steps++ <= all.size(); at = all.get(at.parent())) {
      Integer known = owners.get(at.pid());
      known = known == null ? groups.get(at.group()) : known;
      if (known != null) {
        owner = known;
        break;
      }
    }
    if (owner >= 0) {
      owners.put(process.pid(), owner);
    }
    return owner;
  }

  private int marked(ProcessTable.Entry process, List<ProcessTree> trees) {
    if (strangers.contains(process.id()) || trees.stream().noneMatch(t -> t.isAfter(process))) {
      return -1;
    }
    Set<String> environment = ProcessTable.environment(process.pid());
    for (int tree = 0; tree < trees.size(); tree++) {
      if (trees.get(tree).owns(process, environment)) {
        return tree;
      }
    }
    return -1;
  }

  private static Use use(ProcessTree tree, List<ProcessTable.Entry> members) {
    long cpu = 0;
    long memory = 0;
    long peak = 0;
    for (ProcessTable.Entry process : members) {
      if (tree.counts(process.pid())) {
        cpu += process.cpu();
        if (!process.dead()) {
          long[] bytes = ProcessTable.memory(process.pid());
          peak += bytes[0];
          memory += bytes[1];
        }
      }
    }
    return new Use(cpu, memory, peak);
  }
}
