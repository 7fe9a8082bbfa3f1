package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.RandomId;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.features.stores.StoreRefusal.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A shared store in a folder, with entries in {@code ac} and blobs in {@code cas}. {@link
 * FolderTrust} decides which files count. A file is written in {@code new} and then renamed, so it
 * is complete or missing, and a killed torc leaves partial files only in {@code new}. No file is
 * opened through a link. The folder itself is never created: it may be the mount point of a disk
 * that is not mounted.
 *
 * <p>It places no products: {@link SharedStore} fetches the blobs, {@link FetchedProducts} makes
 * files from them, and the engine's ProductRestore puts these files in their places.
 */
final class FolderStore implements StorePlace {

  private static final String NEW = "new"; // files that are being written

  /** The age of leftovers, in milliseconds: no upload takes this long. */
  private static final long OLD = TimeUnit.DAYS.toMillis(1);

  private static final int OF_OTHERS = 0077;

  static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");

  private final Path folder;
  private final FolderTrust trust;

  /** Names of the inner folders that were found to be trusted. */
  private final Set<String> trusted = ConcurrentHashMap.newKeySet();

  FolderStore(Path folder, FolderTrust trust) {
    this.folder = folder;
    this.trust = trust;
  }

  @Override
  public String name() {
    return SafeText.name(folder.toString());
  }

  @Override
  public boolean isPrivate() {
    return Io.or(() -> ((int) Files.getAttribute(folder, "unix:mode") & OF_OTHERS) == 0, false);
  }

  /** Returns an inner folder, after checking once that it is trusted; null if it is missing. */
  private Path inner(String name) throws StoreRefusal, IOException {
    Path inner = folder.resolve(name);
    if (trusted.contains(name)) {
      return inner;
    }
    trust(folder, "folder not found; torc does not create it");
    if (!Files.exists(inner, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    trust(inner, "it went away");
    trusted.add(name);
    return inner;
  }

  private void trust(Path path, String missing) throws StoreRefusal, IOException {
    try {
      trust.check(path);
    } catch (NoSuchFileException e) {
      throw new StoreRefusal(missing, Failure.LASTING);
    }
  }

  private Path madeInner(String name) throws StoreRefusal, IOException {
    Path inner = inner(name);
    if (inner != null) {
      return inner;
    }
    Path made = folder.resolve(name);
    try {
      Files.createDirectory(
          made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      give(made, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE);
    } catch (FileAlreadyExistsException e) {
      // another writer was faster
    }
    return inner(name);
  }

  /**
   * Gives a new file to the store's group, and adds read permission for the group and {@code more},
   * which the umask may have denied.
   */
  private void give(Path made, PosixFilePermission... more) throws IOException {
    if (trust.group() == null) {
      return;
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(made, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    view.setGroup(trust.group());
    Set<PosixFilePermission> bits = EnumSet.copyOf(view.readAttributes().permissions());
    bits.add(PosixFilePermission.GROUP_READ);
    bits.addAll(Set.of(more));
    view.setPermissions(bits);
  }

  @Override
  public List<Digest> newest(int most, long nanos, StoreRequest request) throws StoreRefusal {
    Map<Digest, FileTime> times = new HashMap<>();
    try {
      Path inner = inner(ENTRIES);
      if (inner == null) {
        return List.of();
      }
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(inner)) {
        for (Path entry : entries) {
          if (request.age() > nanos) {
            break;
          }
          String name = entry.getFileName().toString();
          if (KEY.matcher(name).matches()) {
            times.put(
                Digest.ofHex(name), Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS));
          }
        }
      }
    } catch (NoSuchFileException e) {
      return List.of(); // an entry was removed in the meantime
    } catch (DirectoryIteratorException e) {
      throw trouble("list", e.getCause());
    } catch (IOException e) {
      throw trouble("list", e);
    }
    return times.keySet().stream()
        .sorted(Comparator.comparing(times::get).reversed())
        .limit(most)
        .toList();
  }

  @Override
  public InputStream open(String in, Digest name, StoreRequest request) throws StoreRefusal {
    try {
      Path inner = inner(in);
      if (inner == null) {
        return null;
      }
      Path file = inner.resolve(name.hex());
      if (!trust.isTrusted(file)) {
        throw new StoreRefusal(
            SafeText.name(file.toString()) + " does not count: others made it, or can write to it");
      }
      return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
    } catch (AccessDeniedException e) {
      throw new StoreRefusal("cannot read " + Refusal.line(e));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  @Override
  public StoreRefusal broken(IOException e) {
    return trouble("read", e);
  }

  @Override
  public boolean has(Blob blob, StoreRequest request) throws StoreRefusal {
    try {
      Path inner = inner(BLOBS);
      Path file = inner == null ? null : inner.resolve(blob.name());
      return file != null && trust.isTrusted(file) && Files.size(file) == blob.size();
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw trouble("look at", e);
    }
  }

  @Override
  public void put(String in, Digest name, BlobSource source, StoreRequest request)
      throws StoreRefusal {
    Path fresh = null;
    try (InputStream bytes = source.open(request)) {
      Path inner = madeInner(in);
      Path file = fresh();
      try (SeekableByteChannel out =
          Files.newByteChannel(
              file,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")))) {
        fresh = file;
        give(file);
        bytes.transferTo(Channels.newOutputStream(out));
      }
      Files.move(file, inner.resolve(name.hex()), StandardCopyOption.ATOMIC_MOVE);
      fresh = null;
    } catch (BlobStream.Broken e) {
      throw BlobSource.unreadable();
    } catch (IOException e) {
      throw trouble("write", e);
    } finally {
      if (fresh != null) {
        fresh.toFile().delete();
      }
    }
  }

  /** Returns a path for a new file; the first call in a build removes leftovers. */
  private Path fresh() throws StoreRefusal, IOException {
    boolean first = !trusted.contains(NEW);
    Path inner = madeInner(NEW);
    if (first) {
      removeOld(inner);
    }
    return inner.resolve(RandomId.next());
  }

  /** Removes old files that killed torc processes left. */
  private static void removeOld(Path inner) {
    FileTime oldest = FileTime.fromMillis(System.currentTimeMillis() - OLD);
    try {
      for (Path file : FileTree.entries(inner)) {
        if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).compareTo(oldest) < 0) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      return; // it belongs to another user, or was just removed; the next build tries again
    }
  }

  private static StoreRefusal trouble(String what, IOException e) {
    if (what.equals("write") && e instanceof AccessDeniedException) {
      return new StoreRefusal("cannot " + what + " " + Refusal.line(e), Failure.LASTING);
    }
    boolean named = e instanceof FileSystemException file && file.getFile() != null;
    return StoreRefusal.failed("cannot " + what + (named ? " " : " there: ") + Refusal.line(e));
  }
}
