package dev.torc.hash;

import dev.torc.posix.FileStatus;
import dev.torc.posix.FileSystems;
import dev.torc.posix.FileSystems.CtimeKeeper;
import dev.torc.posix.FileSystems.Mount;
import dev.torc.posix.SystemName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the times of the files on a mount are worth. Where nothing keeps ctime, and on what may be
 * an image (loop devices, read-only mounts), another file system with other bytes under the same
 * times may be mounted in its place: then only the mount itself tells. What follows for a stamp is
 * not decided here.
 *
 * @param keepsCtime whether no file there changes without another ctime, over all mounts
 * @param byKernel whether files get the times of this machine's clock
 * @param identity a text that no other mount has; empty where none can be told. Before Linux 6.8 it
 *     has the mount's line in the table of mounts, which another mount may have later
 */
record MountTimes(boolean keepsCtime, boolean byKernel, String identity) {

  private static final int LOOP = 7; // major number of devices that show a file as a disk

  /**
   * Returns what is known of the mount of a file.
   *
   * @param path of something that exists
   * @param number its {@link FileStatus#mount}
   * @return null if another file system is there by now
   */
  static MountTimes of(String path, long number) throws IOException {
    FileSystems.Statfs told = FileSystems.statfs(path);
    FileStatus status = FileStatus.of(path, true);
    if (told == null || status.mount() != number) {
      return null;
    }
    boolean writable = !told.readOnly() && !isImage(status.device());
    boolean byKernel = told.keeper() == CtimeKeeper.KERNEL;
    boolean keeps = writable && told.keeper() != CtimeKeeper.NONE;
    boolean pool = told.isPool();
    boolean sure = keeps && !pool; // the device of a pool has a number that is no disk's
    if (sure) {
      return new MountTimes(true, byKernel, "");
    }
    Mount mount = mount(path);
    if (mount != null && writable) {
      keeps = pool ? !isImage(mount.source()) : mount.type().equals("virtiofs");
    }
    return new MountTimes(keeps, byKernel, keeps ? "" : identity(told, mount, number));
  }

  private static String identity(FileSystems.Statfs told, Mount mount, long number) {
    boolean named = !told.source().isEmpty(); // on macOS
    String boot = named ? told.source() : SystemName.boot();
    String line = mount == null ? "" : mount.line();
    boolean unique = number > Integer.MAX_VALUE;
    return boot.isEmpty() || !unique && !named && line.isEmpty()
        ? ""
        : boot + " " + number + (unique ? "" : " " + line);
  }

  /** Returns the mount that holds a file; null where that cannot be told. */
  private static Mount mount(String path) {
    try {
      return FileSystems.mount(Path.of(path).toRealPath()).orElse(null);
    } catch (IOException untold) {
      return null;
    }
  }

  /** Returns whether the disk of a number shows a file: a loop device, or what lies on one. */
  private static boolean isImage(long device) throws IOException {
    long major = device >>> 8 & 0xfff;
    long minor = device & 0xff | device >>> 12 & ~0xff;
    return major == LOOP || major != 0 && isImage(Path.of("/sys/dev/block/" + major + ":" + minor));
  }

  /** Works like {@link #isImage(long)}, for the path of a device; anything else is none. */
  private static boolean isImage(String source) throws IOException {
    return source.startsWith("/dev/")
        && isImage(Path.of("/sys/class/block").resolve(Path.of(source).getFileName()));
  }

  private static boolean isImage(Path block) throws IOException {
    Path real;
    try {
      real = block.toRealPath(); // as /sys/devices/virtual/block/loop0/loop0p1
    } catch (IOException unknown) {
      return false;
    }
    for (Path name : real) {
      if (name.toString().startsWith("loop") || name.toString().startsWith("nbd")) {
        return true;
      }
    }
    boolean mapped = real.getFileName().toString().matches("(dm-|md).*"); // they lie on others
    if (mapped) {
      try (DirectoryStream<Path> below = Files.newDirectoryStream(real.resolve("slaves"))) {
        for (Path each : below) {
          if (isImage(each)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
