package dev.torc.core.memory;

import dev.torc.base.posix.OwnUser;
import java.util.Set;

/**
 * Where an attempt was started. Marks have an origin if several hosts or users build the root.
 * {@code host} is empty if only one host builds it, {@code boot} is the id of the host's boot, and
 * {@code pid} and {@code user} are those of torc.
 */
public record StartOrigin(String host, String boot, long pid, String user) {

  /** Returns the origin of this process; null if no other user or host builds the root. */
  static StartOrigin of(CachePlace place) {
    if (!place.isNetworkRoot() && place.group().isNone()) {
      return null;
    }
    String host = place.isNetworkRoot() ? place.host().name() : "";
    return new StartOrigin(host, boot(place), ProcessHandle.current().pid(), me());
  }

  /** Reads an origin; throws {@link NumberFormatException} if the text is not an origin. */
  static StartOrigin parse(String text) {
    String[] parts = text.split("/", 4);
    if (parts.length < 4) {
      throw new NumberFormatException(text);
    }
    return new StartOrigin(parts[0], parts[1], Long.parseLong(parts[2]), parts[3]);
  }

  public boolean isOfAnotherHost(CachePlace place) {
    return place.isNetworkRoot() && !host.isEmpty() && !host.equals(place.host().name());
  }

  /** Returns whether its processes may run here, where only their user or root can end them. */
  public boolean isOfAnotherUser(CachePlace place) {
    return !isOfAnotherHost(place)
        && boot.equals(boot(place))
        && !user.equals(me())
        && !OwnUser.isRoot();
  }

  /** Returns whether its processes may run where torc cannot end them. */
  boolean isOutOfReach(CachePlace place, Set<String> gone) {
    return isOfAnotherHost(place) && !gone.contains(host)
        || isOfAnotherUser(place) && !gone.contains(user);
  }

  private static String boot(CachePlace place) {
    return (place.isNetworkRoot() ? place.host() : ThisHost.system()).boot();
  }

  /** Returns the user's name, or the user's number if the system has no name for it. */
  private static String me() {
    String name = System.getProperty("user.name", "?").replaceAll("[\\s/]", "-");
    return name.equals("?") ? Integer.toUnsignedString(OwnUser.number()) : name;
  }

  @Override
  public String toString() {
    return host + "/" + boot + "/" + pid + "/" + user;
  }
}
