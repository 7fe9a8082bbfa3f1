package dev.torc.features.clean;

import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.FolderHandle.MountedException;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.MovesAside;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Removes products when the user asks for it (rule 15). Unless forced, it removes only recorded,
 * unaltered products; they must be below the root or a folder in {@code roots}, without a symlink
 * in between. The caller chooses the records and holds the lock.
 *
 * @param force whether to remove altered and adopted products, too
 * @param dry whether to report only, and change nothing
 */
public record Cleaner(
    List<Path> roots,
    RemovedOrSetAside removal,
    boolean force,
    boolean dry,
    Cleaner.Listener listener) {

  public interface Choice {
    /**
     * Returns whether to remove a product; {@code unaltered} says whether it is as torc made it.
     */
    boolean includes(OwnedPath owned, boolean unaltered);
  }

  /** Receives a report on each chosen path, in the order of the records. */
  public interface Listener {
    /** Reports a path that was removed, or would be in a dry run. */
    void removed(String path);

    /** Reports a path that stays; {@code why} is one line. */
    void stays(String path, String why);

    /** Reports a path that stays because of a mount point below it. */
    default void mounted(String path, String why) {
      stays(path, why);
    }
  }

  /**
   * Removes all recorded products that the choice includes. If one cannot be removed, reports it
   * and continues. Returns whether all could be removed.
   */
  public boolean products(Choice choice) {
    List<OwnedPath> all = new ArrayList<>();
    removal.cache().eachOwned(all::add);
    boolean well = true;
    for (OwnedPath owned : all) {
      well &= product(owned, choice);
    }
    return well;
  }

  /** Removes everything set aside under rule 15, in {@code .torc/kept} and below the roots. */
  public void removeSetAside() throws IOException {
    remove(removal.place().setAside("").normalize());
    for (Path other : roots) {
      remove(other.resolve(CachePlace.SET_ASIDE_BELOW_ROOTS));
    }
  }

  /**
   * Removes {@code .torc} except the files set aside in it, and the database if it is elsewhere.
   * Called last, when the cache is closed. The lock is still held, but its file is deleted.
   *
   * @param now where the project's cache is after the root has got its id
   * @param keptToo whether {@link #removeSetAside} was called before
   */
  public void memory(CachePlace now, boolean keptToo) throws IOException {
    if (now.elsewhere()) {
      remove(now.database());
    }
    Path folder = now.folder();
    if (!Files.isDirectory(folder)) {
      return;
    }
    Path kept = now.setAside("").normalize();
    if (!dry) {
      List<Path> inner = FileTree.entries(folder);
      inner.remove(kept);
      // The lock's files go last: once they are gone, another torc can take a lock of its own.
      inner.sort(Comparator.comparing(now.networkLock()::equals).thenComparing(now.lock()::equals));
      for (Path entry : inner) {
        try {
          FileTree.remove(entry);
        } catch (MountedException e) {
          listener.mounted(MovesAside.shown(removal.place(), entry), Refusal.line(e));
        }
      }
    }
    listener.removed(MovesAside.shown(removal.place(), folder));
    if (Files.exists(kept, LinkOption.NOFOLLOW_LINKS)) {
      if (!keptToo) {
        listener.stays(
            MovesAside.shown(removal.place(), kept),
            "it holds what torc set aside for you; --kept removes it");
      }
    } else if (!dry) {
      try {
        Files.delete(folder);
      } catch (DirectoryNotEmptyException waiting) {
        return; // another torc already works there
      }
    }
  }

  private void remove(Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      String shown = MovesAside.shown(removal.place(), folder);
      try {
        if (!dry) {
          FileTree.remove(folder);
        }
        listener.removed(shown);
      } catch (MountedException e) {
        listener.mounted(shown, Refusal.line(e));
      }
    }
  }

  /** Removes a product if it is chosen and may be removed; returns false if that fails. */
  public boolean product(OwnedPath owned, Choice choice) {
    try {
      Path file = removal.place().root().resolve(owned.path());
      String astray = astray(file);
      if (astray.isEmpty() && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        if (choice.includes(owned, true)) {
          forget(owned);
        }
        return true;
      }
      RemovedOrSetAside.Standing recorded = null;
      FolderDigest work = null;
      IOException unreadable = null;
      try {
        recorded = astray.isEmpty() ? standing(owned, file) : null;
        work = recorded == null && astray.isEmpty() ? removal.work(owned) : null;
      } catch (IOException e) {
        unreadable = e;
      }
      if (!choice.includes(owned, recorded != null)) {
        return true;
      }
      boolean same = recorded != null || work != null && work.digest().equals(owned.digest());
      String why = astray.isEmpty() ? reasonToStay(owned, file, same) : astray;
      if (!why.isEmpty() && unreadable != null) {
        throw unreadable;
      }
      if (!why.isEmpty()) {
        listener.stays(owned.path(), why);
        return true;
      }
      String kept =
          work != null
              ? "its .git may hold commits"
              : owned.whose() == OwnedPath.Whose.KILLED && !force ? "a killed run left it" : null;
      if (!dry) {
        remove(owned, file, recorded, kept != null);
      }
      forget(owned);
      if (kept == null) {
        listener.removed(owned.path());
      } else {
        listener.stays(owned.path(), kept + ", so it moves to .torc/kept");
      }
      return true;
    } catch (MountedException e) {
      listener.mounted(owned.path(), Refusal.line(e));
      return true;
    } catch (IOException e) {
      listener.stays(owned.path(), Refusal.line(e));
      return false;
    }
  }

  /**
   * Removes a product or, without {@code recorded}, anything there; or sets it {@code aside}.
   * Follows no symlink.
   */
  private void remove(
      OwnedPath owned, Path file, RemovedOrSetAside.Standing recorded, boolean aside)
      throws IOException {
    Path name = file.getFileName();
    try (FolderHandle holder = FolderHandle.below(base(file), file.normalize().getParent())) {
      if (aside) {
        removal
            .aside()
            .move(file, holder, name, removal.part(owned.path(), file), MovesAside.ALTERED);
      } else if (recorded != null) {
        removal.remove(owned, holder, name, recorded);
      } else {
        removal.removeAll(owned, holder, name);
      }
    }
  }

  private void forget(OwnedPath owned) {
    if (!dry) {
      removal.cache().put(new Batch().disown(owned.path()).dropStamp(owned.path()));
    }
  }

  /** Returns the product if unaltered, else null. Reads no device and follows no symlink. */
  private RemovedOrSetAside.Standing standing(OwnedPath owned, Path file) throws IOException {
    boolean readable =
        Files.isSymbolicLink(file)
            || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    return readable ? removal.standing(owned) : null;
  }

  private String reasonToStay(OwnedPath owned, Path file, boolean recorded) {
    boolean folder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    if (folder && owned.kind() != Stamp.FileKind.FOLDER) {
      return "it is a folder, and torc made none there";
    }
    if (force) {
      return "";
    }
    if (!recorded) {
      return "modified since torc made it; --force removes it";
    }
    return owned.adopted() ? "adopted, so it is yours; --force removes it" : "";
  }

  private String astray(Path file) {
    Path base = base(file);
    if (base == null) {
      return "it is neither below the root nor below a folder in `roots`";
    }
    for (Path at = file.getParent(); !at.equals(base); at = at.getParent()) {
      if (Files.isSymbolicLink(at)) {
        return at + " is a link, and links are not followed";
      }
    }
    return "";
  }

  /** Returns the innermost folder of the root and {@code roots} that contains a path, or null. */
  private Path base(Path file) {
    Path path = file.normalize();
    return Stream.concat(Stream.of(removal.place().root()), roots.stream())
        .filter(other -> path.startsWith(other) && !path.equals(other))
        .max(Comparator.comparingInt(Path::getNameCount))
        .orElse(null);
  }
}
