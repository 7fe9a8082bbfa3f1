package dev.torc.base.digests;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileSystems;
import dev.torc.base.posix.FileSystems.CtimeKeeper;
import dev.torc.base.posix.FileSystems.Mount;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.SystemName;
import java.io.IOException;
import java.nio.file.Path;

/**
 * How far the times of files on a mount can be trusted. On loop devices and read-only mounts, and
 * where nothing maintains ctime, another image with other bytes but the same times may be mounted
 * in place of this one. Then only the mount itself shows the difference. {@link MountStamps}
 * decides what follows.
 *
 * @param keepsCtime whether every change of a file changes its ctime, even across mounts
 * @param byKernel whether files get their times from this machine's clock
 * @param identity a text that no other mount has, though before Linux 6.8 a later mount may have
 *     it; empty if unknown
 */
record MountTimes(boolean keepsCtime, boolean byKernel, String identity) {

  private static final int LOOP = 7; // major number of devices that show a file as a disk

  /**
   * Examines the mount of an existing file; returns null if the file is not on mount {@code number}
   * anymore.
   */
  static MountTimes of(String path, long number) throws IOException {
    FileSystems.Statfs statfs = FileSystems.statfs(path);
    FileStatus status = FileStatus.of(path, true);
    if (statfs == null || status.mount() != number) {
      return null;
    }
    boolean writable = !statfs.readOnly() && !isImage(status.device());
    boolean byKernel = statfs.keeper() == CtimeKeeper.KERNEL;
    boolean keeps = writable && statfs.keeper() != CtimeKeeper.NONE;
    boolean pool = statfs.isPool();
    if (keeps && !pool) { // the device number of a pool does not belong to a disk
      return new MountTimes(true, byKernel, "");
    }
    Mount mount = Io.or(() -> FileSystems.mount(Path.of(path).toRealPath()).orElse(null), null);
    if (mount != null && writable) {
      keeps = pool ? !isImage(mount.source()) : mount.type().equals("virtiofs");
    }
    return new MountTimes(keeps, byKernel, keeps ? "" : identity(statfs, mount, number));
  }

  private static String identity(FileSystems.Statfs statfs, Mount mount, long number) {
    boolean named = !statfs.source().isEmpty(); // on macOS
    String boot = named ? statfs.source() : SystemName.boot();
    String line = mount == null ? "" : mount.line();
    boolean unique = number > Integer.MAX_VALUE;
    return boot.isEmpty() || !unique && !named && line.isEmpty()
        ? ""
        : boot + " " + number + (unique ? "" : " " + line);
  }

  /** Returns whether a disk, given by its number, is a loop device or lies on one. */
  private static boolean isImage(long device) throws IOException {
    long major = device >>> 8 & 0xfff;
    long minor = device & 0xff | device >>> 12 & ~0xff;
    return major == LOOP || major != 0 && isImage(Path.of("/sys/dev/block/" + major + ":" + minor));
  }

  /** Returns whether a device, given by its path, is a loop device or lies on one. */
  private static boolean isImage(String source) throws IOException {
    return source.startsWith("/dev/")
        && isImage(Path.of("/sys/class/block").resolve(Path.of(source).getFileName()));
  }

  private static boolean isImage(Path block) throws IOException {
    Path real = Io.or(block::toRealPath, null); // as /sys/devices/virtual/block/loop0/loop0p1
    if (real == null) {
      return false;
    }
    for (Path name : real) {
      if (name.toString().startsWith("loop") || name.toString().startsWith("nbd")) {
        return true;
      }
    }
    if (real.getFileName().toString().matches("(dm-|md).*")) { // on other devices
      for (Path each : FileTree.entries(real.resolve("slaves"))) {
        if (isImage(each)) {
          return true;
        }
      }
    }
    return false;
  }
}
