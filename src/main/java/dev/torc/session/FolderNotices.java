package dev.torc.session;

import dev.torc.machine.Refusal;
import dev.torc.posix.FileSystems;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The notices of Linux's kernel (inotify, by the JDK), folder by folder. Where the kernel does not
 * tell all, as on network file systems whose files other hosts change, or with too many folders for
 * its limits, it says so, and who waits has to look now and then.
 */
public final class FolderNotices implements Notices {

  private static final WatchEvent.Kind<?>[] ALL = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_DELETE,
    StandardWatchEventKinds.ENTRY_MODIFY
  };

  private final WatchService service; // null where there is none
  private final Map<Path, WatchKey> keys = new HashMap<>();
  private final Map<WatchKey, Set<Path>> paths = new HashMap<>(); // links lead to one folder
  private final Map<Path, String> networks = new HashMap<>(); // kinds, empty for local ones
  private final String deaf; // why nothing is heard at all, or empty
  private Map<Path, FolderNames> folders = Map.of();
  private String lack = "";

  /** Listens nowhere yet. */
  public FolderNotices(FileSystem files) {
    WatchService opened = null;
    String why = "";
    if (System.getProperty("os.name").equals("Linux")) {
      try {
        opened = files.newWatchService();
      } catch (IOException e) {
        why = "the kernel tells nothing of changes: " + Refusal.line(e);
      }
    } else {
      why = "this system tells nothing of changes";
    }
    service = opened;
    deaf = why;
  }

  @Override
  public boolean follow(Map<Path, FolderNames> wanted) {
    folders = wanted;
    keys.keySet().stream().filter(path -> !wanted.containsKey(path)).toList().forEach(this::drop);
    networks.keySet().retainAll(wanted.keySet());
    lack = deaf;
    boolean fresh = false;
    for (Map.Entry<Path, FolderNames> each : wanted.entrySet()) {
      WatchKey key = keys.get(each.getKey());
      if (key == null || !key.isValid()) {
        drop(each.getKey());
        fresh |= register(each.getKey(), each.getValue().isNear());
      }
      String network = networks.getOrDefault(each.getKey(), "");
      if (!network.isEmpty()) {
        lack = "the kernel does not tell what other hosts change (" + network + ")";
      }
    }
    return fresh;
  }

  private boolean register(Path folder, boolean near) {
    if (near) {
      networks.put(folder, FileSystems.networkKind(folder).orElse(""));
    }
    if (service == null) {
      return false;
    }
    try {
      WatchKey key = folder.register(service, ALL);
      keys.put(folder, key);
      return paths.computeIfAbsent(key, _ -> new HashSet<>()).add(folder);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return false; // the folder above tells when it comes
    } catch (AccessDeniedException e) {
      lack = near ? folder + " cannot be listed" : lack;
      return false;
    } catch (FileSystemException e) {
      return false; // a link that leads nowhere, and the like
    } catch (IOException e) {
      lack = "the kernel tells no more: " + Refusal.line(e);
      return false;
    }
  }

  /** Listens no more at a folder, as far as no other path leads there. */
  private void drop(Path folder) {
    WatchKey key = keys.remove(folder);
    if (key != null) {
      Set<Path> also = paths.get(key);
      also.remove(folder);
      if (also.isEmpty()) {
        paths.remove(key);
        key.cancel();
      }
    }
  }

  @Override
  public boolean await(long nanos) throws IOException {
    long end = System.nanoTime() + nanos;
    try {
      if (service == null) {
        TimeUnit.NANOSECONDS.sleep(nanos < 0 ? Long.MAX_VALUE : nanos);
        return false;
      }
      for (long left = nanos; ; left = Math.max(0, end - System.nanoTime())) {
        WatchKey key =
            nanos < 0 ? service.take() : service.poll(Math.max(0, left), TimeUnit.NANOSECONDS);
        if (key == null) {
          return false;
        }
        if (isOfInterest(key)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while watching files");
    }
  }

  /** Takes what a folder has to tell. */
  private boolean isOfInterest(WatchKey key) {
    List<WatchEvent<?>> events = key.pollEvents();
    boolean interest = !key.reset(); // the folder is gone
    for (Path folder : List.copyOf(paths.getOrDefault(key, Set.of()))) {
      FolderNames names = folders.getOrDefault(folder, new FolderNames());
      for (WatchEvent<?> event : events) {
        if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
          interest = true;
          forget(folder, null);
        } else {
          String name = event.context().toString();
          interest |= names.has(name);
          if (event.kind() != StandardWatchEventKinds.ENTRY_MODIFY) {
            forget(folder, folder.resolve(name));
          }
        }
      }
    }
    return interest;
  }

  /**
   * Another folder may stand where one was: it and what is below it is listened to anew.
   *
   * @param child null for all
   */
  private void forget(Path folder, Path child) {
    if (child == null || keys.containsKey(child)) {
      Path above = child == null ? folder : child;
      keys.keySet().stream()
          .filter(path -> path.startsWith(above) && !path.equals(folder))
          .toList()
          .forEach(this::drop);
    }
  }

  @Override
  public String lack() {
    return lack;
  }

  @Override
  public void close() throws IOException {
    if (service != null) {
      service.close();
    }
  }
}
