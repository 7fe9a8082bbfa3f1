package dev.torc.records;

import dev.torc.posix.FileSystems;
import dev.torc.posix.FileSystems.Mount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says that a network file system does not show range locks to other hosts, or has none, by the
 * options of its mount.
 *
 * <p>A FUSE file system whose program handles no locks has those of the kernel, which only this
 * host sees; its mount looks like any other. Four of these are known by name: sshfs, s3fs, gcsfuse
 * and rclone. bindfs passes locks on only with {@code --enable-lock-forwarding}; GlusterFS, CephFS
 * and JuiceFS do. BeeGFS goes by {@code tuneUseGlobalFileLocks} in a file of its own, 9P by its
 * server. All but the four count as file systems with locks.
 *
 * @param finding a description for people
 * @param next how to change that, as an instruction; empty if that is impossible
 */
public record LocalLocks(String finding, String next) {

  /** Looks at a folder, which may be missing. Empty if locks reach other hosts, or if unknown. */
  static Optional<LocalLocks> at(Path folder) {
    try {
      return FileSystems.mount(folder.toRealPath()).flatMap(LocalLocks::of);
    } catch (IOException untold) {
      return Optional.empty();
    }
  }

  /**
   * Goes by the options of a mount. On NFS with {@code local_lock=flock}, range locks still reach
   * the server; NFS 4 has no {@code nolock}, and the kernel does not show it there.
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
