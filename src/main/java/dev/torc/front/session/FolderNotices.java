package dev.torc.front.session;

import dev.torc.base.posix.FileSystems;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Refusal;
import dev.torc.front.session.WatchRounds.Notices;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Reports changes by the notices of the Linux kernel (inotify, through the JDK), folder by folder.
 * The kernel misses changes that other hosts make on a network file system, and changes in folders
 * beyond its limit. Then {@link #lack()} says so, and a watch has to check files periodically.
 */
final class FolderNotices implements Notices {

  private static final WatchEvent.Kind<?>[] ALL = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_DELETE,
    StandardWatchEventKinds.ENTRY_MODIFY
  };

  /** If the kernel sends no notice for this many nanoseconds, it counts as sending none at all. */
  private static final long SILENCE = 10_000_000_000L;

  /** The largest number of symlinks on the path to a file, as in the kernel. */
  private static final int LINKS = 40;

  private final WatchService service; // null if not available
  private Map<WatchKey, Set<String>> keys = Map.of(); // the watched names in each folder
  private String deaf = ""; // why there are no notices at all
  private String lack = "";

  FolderNotices(FileSystem files) {
    WatchService opened = null;
    if (System.getProperty("os.name").equals("Linux")) {
      try {
        opened = files.newWatchService();
      } catch (IOException e) {
        deaf = "the kernel tells nothing of changes: " + Refusal.line(e);
      }
    } else {
      deaf = "this system tells nothing of changes";
    }
    service = opened;
  }

  @Override
  public boolean follow(Iterable<Path> files) {
    if (service == null) {
      return false;
    }
    Map<Path, Set<String>> folders = new HashMap<>();
    files.forEach(file -> add(file, 0, folders));
    Map<WatchKey, Set<String>> now = new HashMap<>();
    lack = "";
    folders.forEach(
        (folder, names) -> {
          boolean way = names.stream().map(folder::resolve).allMatch(folders::containsKey);
          listen(folder, names, way, now);
        });
    boolean fresh = !keys.keySet().containsAll(now.keySet());
    keys.keySet().stream().filter(key -> !now.containsKey(key)).forEach(WatchKey::cancel);
    keys = now;
    return fresh;
  }

  /**
   * Adds the folder of a file, all folders above it, since they may be moved or created, and the
   * same for the targets of symlinks on the path.
   */
  private static void add(Path path, int links, Map<Path, Set<String>> to) {
    Path above = path.getParent();
    if (above == null
        || !to.computeIfAbsent(above, _ -> new HashSet<>()).add(path.getFileName().toString())) {
      return; // the top, or already added
    }
    add(above, links, to);
    if (links < LINKS && Files.isSymbolicLink(path)) {
      try {
        add(path.resolveSibling(Files.readSymbolicLink(path)), links + 1, to);
      } catch (IOException e) {
        return; // just removed: its folder gives notice
      }
    }
  }

  /**
   * Watches a folder; several paths may lead to the same one.
   *
   * @param way whether the folder is needed only as part of the path to files
   */
  private void listen(Path folder, Set<String> names, boolean way, Map<WatchKey, Set<String>> now) {
    try {
      now.computeIfAbsent(folder.register(service, ALL), _ -> new HashSet<>()).addAll(names);
    } catch (AccessDeniedException e) {
      lack = way ? lack : folder + " cannot be listed";
    } catch (FileSystemException e) {
      return; // missing, or a dangling link: the folder above gives notice when it appears
    } catch (IOException e) {
      lack = "the kernel reports no changes: " + Refusal.line(e);
    }
    String kind = way ? "" : FileSystems.networkKind(folder).orElse("");
    if (!kind.isEmpty()) {
      lack = "the kernel does not tell what other hosts change (" + kind + ")";
    }
  }

  @Override
  public boolean await(long nanos) throws IOException {
    long end = System.nanoTime() + nanos;
    WatchKey key = poll(nanos);
    while (key != null && !isOfInterest(key)) {
      key = poll(end - System.nanoTime());
    }
    return key != null;
  }

  /** Returns the next folder with notices; null if none has any in this time. */
  private WatchKey poll(long nanos) throws IOException {
    try {
      if (service != null) {
        return service.poll(nanos, TimeUnit.NANOSECONDS);
      }
      TimeUnit.NANOSECONDS.sleep(nanos);
      return null;
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while watching files");
    }
  }

  /**
   * Takes a folder's notices; returns whether one matters. The end of a watched folder and the loss
   * of notices also matter.
   */
  private boolean isOfInterest(WatchKey key) {
    Set<String> names = keys.getOrDefault(key, Set.of());
    boolean any = names.contains(".");
    boolean interest = false;
    for (WatchEvent<?> event : key.pollEvents()) {
      Object name = event.context();
      interest |= any || name == null || names.contains(name.toString());
    }
    boolean gone = !names.isEmpty() && !key.reset();
    return gone || interest;
  }

  /** Reads notices until that of the cookie arrives: all older notices come before it. */
  @Override
  public void catchUp(Path cookie) throws IOException {
    if (service == null) {
      return;
    }
    WatchKey home;
    try {
      home = cookie.getParent().register(service, ALL);
      try (OutputStream out = OwnFile.out(cookie, StandardOpenOption.CREATE)) {
        out.write(0);
      }
    } catch (IOException e) {
      return; // read-only: an old notice only costs a check
    }
    deaf = "the kernel tells nothing of changes";
    for (WatchKey key = home; key != null && !deaf.isEmpty(); ) {
      key = poll(SILENCE);
      if (home.equals(key)) {
        for (WatchEvent<?> event : key.pollEvents()) {
          deaf = cookie.getFileName().equals(event.context()) ? "" : deaf;
        }
        key.reset();
      } else if (key != null) {
        isOfInterest(key);
      }
    }
    if (!keys.containsKey(home)) {
      home.cancel();
    }
  }

  @Override
  public String lack() {
    return deaf.isEmpty() ? lack : deaf;
  }

  @Override
  public void close() throws IOException {
    if (service != null) {
      service.close();
    }
  }
}
