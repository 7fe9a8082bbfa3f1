package dev.torc.records;

import dev.torc.records.DatabaseKey.RecordTree;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Changes that readers see over what the database holds: those that are not committed yet, and for
 * a look at a network root those that stand in the journal only. Any thread may call it. It does
 * not know what the records mean.
 */
final class Overlay {

  private final Map<RecordTree, ConcurrentSkipListMap<byte[], Batch.Change>> trees =
      new EnumMap<>(RecordTree.class);

  Overlay() {
    for (RecordTree tree : RecordTree.values()) {
      trees.put(tree, new ConcurrentSkipListMap<>(Arrays::compareUnsigned));
    }
  }

  /** Lays changes over what is there; later ones win. */
  void put(List<Batch.Change> changes) {
    for (Batch.Change change : changes) {
      trees.get(change.tree).put(change.key, change);
    }
  }

  /** Removes changes that are in the database now; later ones of the same keys stay. */
  void committed(List<Batch.Change> changes) {
    for (Batch.Change change : changes) {
      trees.get(change.tree).remove(change.key, change);
    }
  }

  /** Returns the change of a key, or null. */
  Batch.Change get(RecordTree tree, byte[] key) {
    return trees.get(tree).get(key);
  }

  /** Returns a copy of the changes of a tree from a key on; of all of them if the key is null. */
  TreeMap<byte[], Batch.Change> from(RecordTree tree, byte[] key) {
    TreeMap<byte[], Batch.Change> copy = new TreeMap<>(Arrays::compareUnsigned);
    copy.putAll(key == null ? trees.get(tree) : trees.get(tree).tailMap(key));
    return copy;
  }
}
