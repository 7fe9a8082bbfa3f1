package dev.torc.records;

import dev.torc.posix.FileSystems;
import dev.torc.posix.FileSystems.Mount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says that a network file system keeps range locks to this host, or has none, as the options of
 * its mount tell. The callers decide what follows.
 *
 * <p>What no option says is not known. A FUSE file system whose program takes no locks has those of
 * the kernel, which only this host sees, and its mount looks like any other. Four such are known by
 * name: sshfs, s3fs, gcsfuse and rclone. Of the others, bindfs passes locks on only with {@code
 * --enable-lock-forwarding}; GlusterFS, CephFS and JuiceFS do. BeeGFS goes by {@code
 * tuneUseGlobalFileLocks} in a file of its own, 9P by what its server does. All of these but the
 * four count as file systems with locks.
 *
 * @param told what the file system is and does, as {@code the file system (NFS, mounted with
 *     nolock) keeps locks to this host}
 * @param next how to change that, as an instruction; empty where there is no way
 */
public record LocalLocks(String told, String next) {

  /**
   * Returns what the mount of a folder tells.
   *
   * @param folder may be missing
   * @return empty where locks reach other hosts, on local file systems, and where it cannot be told
   */
  static Optional<LocalLocks> at(Path folder) {
    try {
      return FileSystems.mount(folder.toRealPath()).flatMap(LocalLocks::of);
    } catch (IOException untold) {
      return Optional.empty();
    }
  }

  /**
   * Returns what the options of a mount tell. On NFS with {@code local_lock=flock}, range locks
   * still reach the server; NFS 4 has no {@code nolock}, and the kernel does not show it there.
   */
  static Optional<LocalLocks> of(Mount mount) {
    String type = mount.type();
    return switch (type) {
      case "nfs", "nfs4" -> with(mount, "NFS", "nolock", "local_lock=all", "local_lock=posix");
      case "cifs", "smb3" -> with(mount, "SMB", "nobrl", "nolock");
      case "gfs2" -> with(mount, "GFS2", "localflocks");
      case "ocfs2" -> with(mount, "OCFS2", "localflocks");
      case "afs" -> with(mount, "AFS", "flock=local");
      case "lustre" -> lustre(mount.options());
      case "fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.rclone" -> // they take no locks
          Optional.of(keeps(type.substring("fuse.".length()), ""));
      default -> Optional.empty();
    };
  }

  private static Optional<LocalLocks> with(Mount mount, String name, String... options) {
    return Stream.of(options)
        .filter(mount.options()::contains)
        .findFirst()
        .map(it -> keeps(name + ", mounted with " + it, "mount it without " + it));
  }

  private static Optional<LocalLocks> lustre(Set<String> options) {
    String next = "mount it with flock";
    String none = "the file system (Lustre, mounted without flock) has no locks";
    return options.contains("localflock")
        ? Optional.of(keeps("Lustre, mounted with localflock", next))
        : Optional.of(new LocalLocks(none, next)).filter(_ -> !options.contains("flock"));
  }

  private static LocalLocks keeps(String which, String next) {
    return new LocalLocks("the file system (" + which + ") keeps locks to this host", next);
  }
}
