package dev.torc.records;

import dev.torc.posix.OwnUser;
import java.util.Set;

/**
 * Where an attempt was started, and by which user: in the marks of roots that several hosts or
 * users build. It tells whether its processes can be seen from here; it looks for none.
 *
 * @param host the name of the host; empty where only one host builds the root
 * @param boot the id of its boot
 * @param pid the number of the torc there
 * @param user the name of its user
 */
public record StartOrigin(String host, String boot, long pid, String user) {

  /** What marks of this process say; null where no other user or host builds the root. */
  static StartOrigin of(CachePlace place) {
    if (!place.isShared() && place.group() == null) {
      return null;
    }
    String host = place.isShared() ? place.host().name() : "";
    return new StartOrigin(host, boot(place), ProcessHandle.current().pid(), me());
  }

  /** Reads it back from its text; throws {@link NumberFormatException} for another. */
  static StartOrigin parse(String text) {
    String[] parts = text.split("/", 4);
    if (parts.length < 4) {
      throw new NumberFormatException(text);
    }
    return new StartOrigin(parts[0], parts[1], Long.parseLong(parts[2]), parts[3]);
  }

  /** Whether its processes may run on another host than this one. */
  public boolean isOfAnotherHost(CachePlace place) {
    return place.isShared() && !host.isEmpty() && !host.equals(place.host().name());
  }

  /** Whether its processes may run here, and only their user or root can see and end them. */
  public boolean isOfAnotherUser(CachePlace place) {
    return !isOfAnotherHost(place)
        && boot.equals(boot(place))
        && !user.equals(me())
        && !OwnUser.isRoot();
  }

  /**
   * Whether its processes may run where they can be neither seen nor ended from here.
   *
   * @param gone names of hosts and users that run nothing any more, as the caller says
   */
  boolean isOutOfReach(CachePlace place, Set<String> gone) {
    return isOfAnotherHost(place) && !gone.contains(host)
        || isOfAnotherUser(place) && !gone.contains(user);
  }

  private static String boot(CachePlace place) {
    return place.isShared() ? place.host().boot() : Cache.boot();
  }

  /** A user without a name in the system is known by the number. */
  private static String me() {
    String name = System.getProperty("user.name", "?").replaceAll("[\\s/]", "-");
    return name.equals("?") ? Integer.toUnsignedString(OwnUser.number()) : name;
  }

  @Override
  public String toString() {
    return host + "/" + boot + "/" + pid + "/" + user;
  }
}
