package dev.torc.core.memory;

import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Changes that reads see before the database contains them. Any thread may call it. */
final class Overlay {

  private final Map<RecordTree, ConcurrentSkipListMap<byte[], Batch.Change>> trees =
      new EnumMap<>(RecordTree.class);

  Overlay() {
    for (RecordTree tree : RecordTree.values()) {
      trees.put(tree, new ConcurrentSkipListMap<>(Arrays::compareUnsigned));
    }
  }

  void put(List<Batch.Change> changes) {
    for (Batch.Change change : changes) {
      trees.get(change.tree).put(change.key, change);
    }
  }

  /** Removes committed changes; later changes of the same keys stay. */
  void committed(List<Batch.Change> changes) {
    for (Batch.Change change : changes) {
      trees.get(change.tree).remove(change.key, change);
    }
  }

  Batch.Change get(RecordTree tree, byte[] key) {
    return trees.get(tree).get(key);
  }

  /** Returns a copy of a tree's changes, from {@code key} on; null means all. */
  TreeMap<byte[], Batch.Change> from(RecordTree tree, byte[] key) {
    TreeMap<byte[], Batch.Change> copy = new TreeMap<>(Arrays::compareUnsigned);
    copy.putAll(key == null ? trees.get(tree) : trees.get(tree).tailMap(key));
    return copy;
  }
}
