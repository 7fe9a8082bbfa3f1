package dev.torc.core.memory;

import dev.torc.core.memory.Cache.CacheSettings;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Damages single records of a project's database, whose pages stay sound. The note beside the
 * database still says that it was closed in order, as after an error of the disk.
 */
public final class Damaging {

  /** How many kinds of damage there are. */
  public static final int KINDS = 10;

  private Damaging() {}

  /** The place of a record: the name of its tree, its key, and how many bytes it has. */
  public record Spot(String tree, byte[] key, int bytes) {
    /** The name of a job or path in the key. */
    public String name() {
      return new String(key, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return tree + " " + name();
    }
  }

  /** The places of all records. */
  public static List<Spot> spots(Path root) throws IOException {
    List<Spot> spots = new ArrayList<>();
    try (RecordStore store = open(root)) {
      for (RecordTree tree : RecordTree.values()) {
        store.scan(
            tree, null, false, (key, value) -> spots.add(new Spot(tree.name(), key, value.length)));
      }
    }
    return spots;
  }

  /** The places of all records of a tree. */
  static List<Spot> spots(Path root, RecordTree tree) throws IOException {
    return spots(root).stream().filter(spot -> spot.tree.equals(tree.name())).toList();
  }

  /** Damages a record's bytes; the kind of damage is a number below {@link #KINDS}. */
  public static void damage(Path root, Spot spot, int kind, Random random) throws IOException {
    CachePlace place = CachePlace.find(root, Map.of(), ThisHost.system());
    RecordTree tree = RecordTree.valueOf(spot.tree);
    try (RecordStore store = open(root)) {
      byte[] good = store.get(tree, spot.key);
      byte[] bad = damaged(good, kind, random, store, tree, spot.key);
      store.write(
          List.of(new Batch.Change(tree, spot.key, bad)),
          false,
          new RecordStore.Seal(CacheSettings.system(), null));
    }
    CleanClose.write(place);
  }

  private static RecordStore open(Path root) throws IOException {
    CachePlace place = CachePlace.find(root, Map.of(), ThisHost.system());
    RecordStore store =
        RecordStore.open(place.database(), RecordStore.mapSize(place.data(), 1 << 20));
    store.useTrees(null);
    return store;
  }

  private static byte[] damaged(
      byte[] good, int kind, Random random, RecordStore store, RecordTree tree, byte[] key) {
    byte[] bad = good.clone();
    switch (kind) {
      case 0 -> flip(bad, random.nextInt(RecordCodec.SUM), random);
      case 1 -> flip(bad, Math.min(RecordCodec.SUM + random.nextInt(4), bad.length - 1), random);
      case 2 -> flip(bad, RecordCodec.SUM + random.nextInt(bad.length - RecordCodec.SUM), random);
      case 3 -> flip(bad, bad.length - 1, random);
      case 4 -> bad = Arrays.copyOf(bad, bad.length - 1);
      case 5 -> bad = Arrays.copyOf(bad, random.nextInt(bad.length));
      case 6 -> bad = new byte[0];
      case 7 -> bad = Arrays.copyOf(bad, bad.length + 1 + random.nextInt(9));
      case 8 -> Arrays.fill(bad, (byte) (random.nextBoolean() ? 0 : 0xff));
      default -> {
        byte[][] other = {new byte[] {0, 0, 0, 0, 1}};
        store.scan(
            tree,
            null,
            false,
            (its, value) -> {
              if (!Arrays.equals(key, its)) {
                other[0] = value;
              }
              return true;
            });
        bad = other[0];
      }
    }
    return bad;
  }

  private static void flip(byte[] bytes, int at, Random random) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
  }
}
