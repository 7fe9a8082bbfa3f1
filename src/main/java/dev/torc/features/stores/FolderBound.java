package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
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
 * Prunes a shared folder: removes the results that were sent first, each with the blobs that no
 * other result names. A blob that no result names may belong to an upload, so it stays for a day.
 * Pruning does not wait for builds. If a build sends a result in the meantime, an entry may name
 * removed blobs, which counts as a miss. After a dry run, the fields say what would happen.
 *
 * @param freed bytes of removed results, and of blobs that no result named
 * @param results how many results remain
 * @param bytes how many bytes remain
 * @param stuck a line for each file that could not be removed
 */
public record FolderBound(
    Path path, int removed, long freed, int results, long bytes, List<String> stuck) {

  private static final long DAY = TimeUnit.DAYS.toMillis(1);

  /**
   * Files that are removed together: an entry with its record and blobs, or a blob that no entry
   * names. {@code time} is in nanoseconds since 1970.
   */
  private record Item(boolean isResult, List<Path> files, long time) {}

  /**
   * Removes results and unnamed blobs until at most {@code most} bytes remain; with {@code dry},
   * only counts them. Throws with the reason if the folder is not trusted, or belongs to another
   * user.
   */
  public static FolderBound hold(Path folder, String group, long most, boolean dry)
      throws IOException, StoreRefusal {
    FolderTrust trust = FolderTrust.of(group);
    trust.check(folder);
    if (!OwnUser.is((int) Files.getAttribute(folder, "unix:uid"))) {
      throw new StoreRefusal("it belongs to another user; only the owner prunes it");
    }
    Map<Path, FileStatus> all = new HashMap<>();
    List<Path> blobs = files(folder.resolve(StorePlace.BLOBS), all);
    List<Item> items = new ArrayList<>();
    FolderStore store = new FolderStore(folder, trust); // it need not be closed
    for (Path entry : files(folder.resolve(StorePlace.ENTRIES), all)) {
      items.add(item(store, folder, entry, all.get(entry).mtime()));
    }
    Uses<Path> uses = new Uses<>();
    items.forEach(each -> uses.add(each.files));
    long now = System.currentTimeMillis();
    long recent = TimeUnit.MILLISECONDS.toNanos(now - DAY);
    for (Path blob : blobs) {
      if (uses.of(blob) == 0 && all.get(blob).mtime() < recent) {
        items.add(new Item(false, List.of(blob), all.get(blob).mtime()));
        uses.add(List.of(blob));
      }
    }
    items.sort(
        Comparator.comparingLong(
            each -> StoreContents.order(TimeUnit.NANOSECONDS.toMillis(each.time), now)));
    int results = (int) items.stream().filter(Item::isResult).count();
    long total = all.values().stream().mapToLong(FileStatus::size).sum();
    List<String> stuck = new ArrayList<>();
    int removed = 0;
    long remaining = total;
    for (Item oldest : items) {
      if (remaining <= most) {
        break;
      }
      removed += oldest.isResult ? 1 : 0;
      for (Path free : uses.remove(oldest.files)) {
        remaining -= all.containsKey(free) && remove(free, dry, stuck) ? all.get(free).size() : 0;
      }
    }
    return new FolderBound(folder, removed, total - remaining, results - removed, remaining, stuck);
  }

  /** Returns the files named by digests in an inner folder; adds their status to {@code all}. */
  private static List<Path> files(Path folder, Map<Path, FileStatus> all) throws IOException {
    List<Path> files = new ArrayList<>();
    boolean there = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS); // else nothing was sent
    for (Path file : there ? FileTree.entries(folder) : List.<Path>of()) {
      FileStatus is = FileStatus.of(file.toString(), false);
      boolean named = FolderStore.KEY.matcher(file.getFileName().toString()).matches();
      if (is.isFile() && named) { // else it is not part of the store, or was removed
        files.add(file);
        all.put(file, is);
      }
    }
    return files;
  }

  /** Returns an entry with all files that it names, as far as its record can be read. */
  private static Item item(FolderStore store, Path folder, Path entry, long time) {
    Digest key = Digest.ofHex(entry.getFileName().toString());
    List<Path> files = new ArrayList<>(List.of(entry));
    Path blobs = folder.resolve(StorePlace.BLOBS);
    boolean isResult = false;
    try (InputStream in = store.open(StorePlace.ENTRIES, key, null)) {
      Blob record = ActionEntry.decode(in == null ? new byte[0] : ActionEntry.read(in));
      files.add(blobs.resolve(record.name()));
      try (InputStream blob = store.open(StorePlace.BLOBS, record.digest(), null)) {
        if (blob != null
            && SealedRecord.open(new BlobStream(record, blob, _ -> {}).readAllBytes()).record()
                instanceof Result result) {
          isResult = true;
          result.blobs().forEach(each -> files.add(blobs.resolve(each.name())));
        }
      }
    } catch (StoreRefusal | IOException e) {
      // An entry of another torc version is removed by its age; its blobs are unknown here.
    }
    return new Item(isResult, files, time);
  }

  /** Removes a file unless {@code dry}. Returns false if it cannot be removed. */
  private static boolean remove(Path file, boolean dry, List<String> stuck) {
    try {
      if (!dry) {
        Files.deleteIfExists(file);
      }
      return true;
    } catch (IOException e) {
      stuck.add(SafeText.line(Refusal.line(e)));
      return false;
    }
  }
}
