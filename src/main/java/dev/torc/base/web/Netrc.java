package dev.torc.base.web;

import dev.torc.base.posix.OwnUser;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The logins of a {@code .netrc} file, by host, as curl reads it: {@code NETRC} names the file,
 * otherwise it is in the home folder. A file that others can read or write, or that is another
 * user's, is not used. Neither is {@code default}, which would send a password to any host.
 *
 * @param logins {@code user:password} by host
 * @param unused why the file is not used, for a message; empty if it is, or if there is none
 */
record Netrc(Map<String, String> logins, String unused) {

  private static final int OF_OTHERS = 0077;

  /** A word in quotes, or any other word; the line of a comment, and a macro to its empty line. */
  private static final Pattern WORD =
      Pattern.compile(
          "#[^\\n]*|macdef(?=\\s)(?s:.*?)(?:\\n[ \\t]*\\n|\\z)|\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S+)");

  /** Reads the file of an environment. */
  static Netrc of(Map<String, String> env) {
    String named = env.getOrDefault("NETRC", "");
    String home = env.getOrDefault("HOME", "");
    if (named.isEmpty() && home.isEmpty()) {
      return new Netrc(Map.of(), "");
    }
    Path file = named.isEmpty() ? Path.of(home, ".netrc") : Path.of(named);
    try {
      Map<String, Object> is = Files.readAttributes(file, "unix:mode,uid");
      int owner = (int) is.get("uid");
      boolean own = owner == 0 || OwnUser.is(owner);
      if (!own || ((int) is.get("mode") & OF_OTHERS) != 0) {
        String why = own ? "others have rights to it; chmod 600 it" : "it is another user's";
        return new Netrc(Map.of(), SafeText.name(file.toString()) + " is not used: " + why);
      }
      return new Netrc(logins(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)), "");
    } catch (NoSuchFileException none) {
      return new Netrc(Map.of(), "");
    } catch (IOException e) {
      return new Netrc(
          Map.of(), SafeText.name(file.toString()) + " is not used: " + Refusal.why(e));
    }
  }

  /** Returns the logins in a text; of several for one host the first. */
  static Map<String, String> logins(String text) {
    List<String> words =
        WORD.matcher(text).results().filter(Netrc::isWord).map(Netrc::word).toList();
    Map<String, String> all = new HashMap<>();
    String host = null;
    String user = "";
    String password = null;
    for (int i = 0; i <= words.size(); i++) {
      String word = i == words.size() ? "default" : words.get(i);
      String value = i + 1 < words.size() ? words.get(i + 1) : "";
      switch (word) {
        case "machine", "default" -> {
          if (host != null && password != null) {
            all.putIfAbsent(host, user + ":" + password);
          }
          host = word.equals("machine") ? value.toLowerCase(Locale.ROOT) : null;
          user = "";
          password = null;
          i += word.equals("machine") ? 1 : 0;
        }
        case "login" -> {
          user = value;
          i++;
        }
        case "password" -> {
          password = value;
          i++;
        }
        case "account" -> i++;
        default -> {} // curl skips it, too
      }
    }
    return all;
  }

  private static boolean isWord(MatchResult match) {
    return match.group(1) != null || match.group(2) != null;
  }

  private static String word(MatchResult match) {
    return match.group(2) != null ? match.group(2) : match.group(1).replaceAll("\\\\(.)", "$1");
  }

  /** Returns the login for an address that may get one; null for none. */
  String login(WebAddress address) {
    return address.isSealed() ? logins.get(address.uri().getHost()) : null;
  }
}
