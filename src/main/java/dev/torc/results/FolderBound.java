package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.posix.FileStatus;
import dev.torc.posix.FileTree;
import dev.torc.posix.OwnUser;
import dev.torc.text.Refusal;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Holds the bound of a shared folder: takes the results away that were sent first, each with the
 * bytes that no other one names. Bytes that no result names may be on their way, and stay for a
 * day. No build is waited for: where one sends meanwhile, an entry may name bytes that are gone,
 * which is a miss.
 *
 * @param path of the folder
 * @param removed how many results went, or would go
 * @param freed their bytes, and those that no result named
 * @param results how many stay
 * @param bytes that are left
 * @param stuck a line on each thing that could not be taken away
 */
public record FolderBound(
    Path path, int removed, long freed, int results, long bytes, List<String> stuck) {

  private static final long DAY = TimeUnit.DAYS.toMillis(1);

  /** A file of the store. */
  private record Stored(Path file, long size, long time) {}

  /**
   * What goes as one.
   *
   * @param entry null for bytes that no entry names
   * @param names the blobs that it names
   */
  private record Item(Stored entry, boolean isResult, List<Digest> names, long time) {}

  /**
   * Takes away what passes the bound.
   *
   * @param group as {@link StoreSettings#group}
   * @param most bytes that may stay
   * @param dry whether nothing is taken away
   * @throws StoreRefusal with the reason where it is not for the user to hold
   */
  public static FolderBound hold(Path folder, String group, long most, boolean dry)
      throws IOException, StoreRefusal {
    FolderTrust trust = FolderTrust.of(group);
    String refusal = trust.refusal(folder);
    if (refusal != null) {
      throw new StoreRefusal(refusal);
    }
    if (!OwnUser.is((int) Files.getAttribute(folder, "unix:uid"))) {
      throw new StoreRefusal("it is another user's, who holds its bound");
    }
    Map<Digest, Stored> blobs = files(folder.resolve(StorePlace.BLOBS));
    Uses<Digest> uses = new Uses<>();
    List<Item> items = new ArrayList<>();
    long total = blobs.values().stream().mapToLong(Stored::size).sum();
    try (FolderStore store = new FolderStore(folder, trust)) {
      for (var each : files(folder.resolve(StorePlace.ENTRIES)).entrySet()) {
        Item item = item(store, each.getKey(), each.getValue());
        uses.add(item.names);
        items.add(item);
        total += each.getValue().size;
      }
    }
    long now = System.currentTimeMillis();
    blobs.forEach(
        (name, blob) -> {
          if (uses.of(name) == 0 && blob.time < now - DAY) {
            Item unnamed = new Item(null, false, List.of(name), blob.time);
            uses.add(unnamed.names);
            items.add(unnamed);
          }
        });
    items.sort(Comparator.comparingLong(Item::time));
    int results = (int) items.stream().filter(Item::isResult).count();
    List<String> stuck = new ArrayList<>();
    int removed = 0;
    long left = total;
    for (Item oldest : items) {
      if (left <= most) {
        break;
      }
      removed += oldest.isResult ? 1 : 0;
      left -= oldest.entry == null ? 0 : remove(oldest.entry, dry, stuck);
      for (Digest free : uses.remove(oldest.names)) {
        left -= blobs.containsKey(free) ? remove(blobs.get(free), dry, stuck) : 0;
      }
    }
    return new FolderBound(folder, removed, total - left, results - removed, left, stuck);
  }

  /** The plain files of a folder in the store that are named by a digest. */
  private static Map<Digest, Stored> files(Path folder) throws IOException {
    Map<Digest, Stored> files = new HashMap<>();
    boolean there = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS); // else nothing was sent
    for (Path file : there ? FileTree.entries(folder) : List.<Path>of()) {
      FileStatus is = FileStatus.of(file.toString(), false);
      String name = file.getFileName().toString();
      if (is.isFile() && FolderStore.KEY.matcher(name).matches()) { // else it may have gone, too
        long time = TimeUnit.NANOSECONDS.toMillis(is.mtime());
        files.put(Digest.ofHex(name), new Stored(file, is.size(), time));
      }
    }
    return files;
  }

  /** An entry with all that it names, as far as its record can be read. */
  private static Item item(FolderStore store, Digest key, Stored entry) {
    StoreCall call = StoreCall.small(SharedStore.Build.none(), null);
    List<Digest> names = new ArrayList<>();
    boolean isResult = false;
    try {
      byte[] bytes = store.entry(key, call);
      if (bytes != null) {
        Blob record = ActionEntry.decode(bytes);
        names.add(record.digest());
        try (BlobSink sink = new BlobSink(record, (_, _) -> true)) {
          if (store.fetch(record, sink, call)
              && SealedRecord.open(sink.bytes()).record() instanceof Result result) {
            isResult = true;
            result.blobs().forEach(blob -> names.add(blob.digest()));
          }
        }
      }
    } catch (StoreRefusal e) {
      // What another torc may know goes by its age; what it names is not known here.
    }
    return new Item(entry, isResult, names, entry.time);
  }

  /** Takes a file away; returns the bytes that are free then. */
  private static long remove(Stored what, boolean dry, List<String> stuck) {
    try {
      if (!dry) {
        Files.deleteIfExists(what.file);
      }
      return what.size;
    } catch (IOException e) {
      stuck.add(SafeText.line(Refusal.line(e)));
      return 0;
    }
  }
}
