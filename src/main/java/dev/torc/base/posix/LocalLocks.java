package dev.torc.base.posix;

import dev.torc.base.posix.FileSystems.Mount;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A finding about a network file system, from the options of its mount: other hosts do not see its
 * range locks, or it has none.
 *
 * <p>If the program of a FUSE file system does not handle locks, the kernel does, and only this
 * host sees them. The options of the mount do not show that, so four such file systems are known by
 * name: sshfs, s3fs, gcsfuse and rclone. Others count as file systems with locks. Of these,
 * GlusterFS, CephFS and JuiceFS pass locks on; bindfs does so only with {@code
 * --enable-lock-forwarding}. BeeGFS depends on {@code tuneUseGlobalFileLocks} in its own file, and
 * 9P on its server.
 *
 * @param finding a description for the user
 * @param next how to change that, as an instruction; empty if that is impossible
 */
public record LocalLocks(String finding, String next) {

  /** Examines a folder, which may be missing. Empty if other hosts see its locks, or if unknown. */
  public static Optional<LocalLocks> at(Path folder) {
    return Io.or(
        () -> FileSystems.mount(folder.toRealPath()).flatMap(LocalLocks::of), Optional.empty());
  }

  /**
   * Decides from the options of a mount. On NFS with {@code local_lock=flock}, range locks still
   * reach the server. NFS 4 has no {@code nolock}, and the kernel does not show the option for it.
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
      case "fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.rclone" -> // they handle no locks
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
