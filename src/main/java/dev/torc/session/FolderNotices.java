package dev.torc.session;

import dev.torc.posix.FileSystems;
import dev.torc.posix.OwnFile;
import dev.torc.session.WatchRounds.Notices;
import dev.torc.text.Refusal;
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
 * The notices of Linux's kernel (inotify, by the JDK), folder by folder. If the kernel does not
 * notice all changes, as on network file systems whose files other hosts change, or with too many
 * folders for its limits, {@link #lack()} says so, and a watch has to look now and then.
 */
final class FolderNotices implements Notices {

  private static final WatchEvent.Kind<?>[] ALL = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_DELETE,
    StandardWatchEventKinds.ENTRY_MODIFY
  };

  /** After this many nanoseconds of silence the kernel counts as telling nothing at all. */
  private static final long SILENCE = 10_000_000_000L;

  /** The most links on the way to one file, as in the kernel. */
  private static final int LINKS = 40;

  private final WatchService service; // null if there is none
  private Map<WatchKey, Set<String>> keys = Map.of(); // the names of interest in each folder
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
   * Adds the folder that changes when a file changes, comes or goes; all folders above it, since
   * they may be moved or made; and the folders of links on the way and of their targets.
   */
  private static void add(Path path, int links, Map<Path, Set<String>> to) {
    Path above = path.getParent();
    if (above == null
        || !to.computeIfAbsent(above, _ -> new HashSet<>()).add(path.getFileName().toString())) {
      return; // the top, or known with all above it
    }
    add(above, links, to);
    if (links < LINKS && Files.isSymbolicLink(path)) {
      try {
        add(path.resolveSibling(Files.readSymbolicLink(path)), links + 1, to);
      } catch (IOException e) {
        return; // removed just now: its folder gives notice
      }
    }
  }

  /**
   * Listens to a folder, to which another link may have led before.
   *
   * @param way whether it is only on the way to files
   */
  private void listen(Path folder, Set<String> names, boolean way, Map<WatchKey, Set<String>> now) {
    try {
      now.computeIfAbsent(folder.register(service, ALL), _ -> new HashSet<>()).addAll(names);
    } catch (AccessDeniedException e) {
      lack = way ? lack : folder + " cannot be listed";
    } catch (FileSystemException e) {
      return; // missing, or a dangling link: the folder above gives notice when it comes
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

  /** Returns the next folder with notices; null for none in this time. */
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

  /** Takes the notices of a folder; its end, and notices that got lost, are of interest too. */
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

  /** Waits until older notices are read: they come in order, so before the notice of the cookie. */
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
      return; // read-only: a notice of a known change only costs a look
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
    home.cancel();
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
