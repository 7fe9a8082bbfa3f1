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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The notices of Linux's kernel (inotify, by the JDK), folder by folder. Where the kernel does not
 * tell all, as on network file systems whose files other hosts change, or with too many folders for
 * its limits, it says so, and a watch has to look now and then.
 */
final class FolderNotices implements Notices {

  private static final WatchEvent.Kind<?>[] ALL = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_DELETE,
    StandardWatchEventKinds.ENTRY_MODIFY
  };

  /** A kernel that is silent for so long tells nothing at all. */
  private static final long SILENCE = 10_000_000_000L;

  private final WatchService service; // null where there is none
  private Map<Path, WatchedFolder> folders = Map.of();
  private Map<WatchKey, List<Path>> keys = Map.of(); // links lead to one folder
  private boolean stirred; // a folder may not be the one that is listened to
  private String deaf = ""; // why nothing is heard at all
  private String lack = "";

  /** Listens nowhere yet. */
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
  public boolean follow(Map<Path, WatchedFolder> wanted) {
    boolean same = !stirred && wanted.keySet().equals(folders.keySet());
    folders = wanted;
    if (service == null || same) {
      return false;
    }
    stirred = false;
    lack = "";
    Map<WatchKey, List<Path>> now = new HashMap<>();
    wanted.forEach((folder, names) -> listen(folder, names.near, now));
    boolean fresh = !keys.keySet().containsAll(now.keySet());
    keys.keySet().stream().filter(key -> !now.containsKey(key)).forEach(WatchKey::cancel);
    keys = now;
    return fresh;
  }

  private void listen(Path folder, boolean near, Map<WatchKey, List<Path>> now) {
    try {
      now.computeIfAbsent(folder.register(service, ALL), _ -> new ArrayList<>()).add(folder);
    } catch (AccessDeniedException e) {
      lack = near ? folder + " cannot be listed" : lack;
    } catch (FileSystemException e) {
      return; // it is not there, or a link that leads nowhere: the folder above tells when it comes
    } catch (IOException e) {
      lack = "the kernel tells no more: " + Refusal.line(e);
    }
    String kind = near ? FileSystems.networkKind(folder).orElse("") : "";
    if (!kind.isEmpty()) {
      lack = "the kernel does not tell what other hosts change (" + kind + ")";
    }
  }

  @Override
  public boolean await(long nanos) throws IOException {
    long end = System.nanoTime() + nanos;
    WatchKey key = poll(nanos);
    while (key != null && !isOfInterest(key)) {
      key = poll(nanos < 0 ? nanos : Math.max(0, end - System.nanoTime()));
    }
    return key != null;
  }

  /** The next folder that has something to tell; null for none in this time. */
  private WatchKey poll(long nanos) throws IOException {
    try {
      if (service == null) {
        TimeUnit.NANOSECONDS.sleep(nanos < 0 ? Long.MAX_VALUE : nanos);
        return null;
      }
      return nanos < 0 ? service.take() : service.poll(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while watching files");
    }
  }

  /** Takes what a folder has to tell. */
  private boolean isOfInterest(WatchKey key) {
    List<WatchEvent<?>> events = key.pollEvents();
    boolean interest = keys.containsKey(key) && !key.reset(); // the folder is gone
    stirred |= interest;
    for (Path folder : keys.getOrDefault(key, List.of())) {
      for (WatchEvent<?> event : events) {
        if (event.context() instanceof Path name) {
          interest |= folders.get(folder).has(name.toString());
          stirred |=
              event.kind() != StandardWatchEventKinds.ENTRY_MODIFY
                  && folders.containsKey(folder.resolve(name));
        } else { // some were lost
          interest = true;
          stirred = true;
        }
      }
    }
    return interest;
  }

  /** The kernel tells in order: what is older comes before the news that the cookie was written. */
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
      return; // nothing can be written here, and a notice of a known change costs a look
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

  /**
   * What is of interest in a folder: some names or all, and whether for the sake of a file in it,
   * or only because it is on the way to one. It looks where links lead, and listens to nothing;
   * {@link WatchRounds.Notices} do.
   */
  static final class WatchedFolder {

    /** So many links on the way to one file, and the system follows no more either. */
    private static final int LINKS = 40;

    private final Set<String> names = new HashSet<>();
    private boolean all;
    private boolean near;

    /** Whether this name is of interest. */
    boolean has(String name) {
      return all || names.contains(name);
    }

    /**
     * The folders in which something happens when one of some files changes, comes or goes: the
     * file's own, all above it, since they may be moved or made, and those where links on the way
     * stand and lead.
     *
     * @param files absolute
     * @param folders in which all names count, absolute
     */
    static Map<Path, WatchedFolder> of(Iterable<Path> files, Iterable<Path> folders) {
      Map<Path, WatchedFolder> found = new HashMap<>();
      files.forEach(file -> add(file, true, 0, found));
      for (Path folder : folders) {
        at(folder, true, found).all = true;
        add(folder, false, 0, found);
      }
      return found;
    }

    private static WatchedFolder at(Path path, boolean near, Map<Path, WatchedFolder> found) {
      WatchedFolder folder = found.computeIfAbsent(path, _ -> new WatchedFolder());
      folder.near |= near;
      return folder;
    }

    /** Adds a name where it stands, and all that leads to it. */
    private static void add(Path path, boolean near, int links, Map<Path, WatchedFolder> found) {
      Path above = path.getParent();
      if (above == null || !at(above, near, found).names.add(path.getFileName().toString())) {
        return; // the top, or known with all above it
      }
      add(above, false, links, found);
      if (links < LINKS && Files.isSymbolicLink(path)) {
        try {
          Path target = path.resolveSibling(Files.readSymbolicLink(path));
          add(target, true, links + 1, found);
        } catch (IOException e) {
          return; // gone in this moment, which is heard where it stood
        }
      }
    }
  }
}
