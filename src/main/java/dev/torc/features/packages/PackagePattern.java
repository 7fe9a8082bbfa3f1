package dev.torc.features.packages;

import dev.torc.base.syntax.Glob;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names of the packages that a pattern of build files finds: what its wildcards match. Adjacent
 * wildcards are one part; parts are joined by slashes.
 */
public record PackagePattern(Pattern regex) {

  private static final Pattern TOKEN =
      Pattern.compile("\\*\\*/|\\*\\*|[*?]|\\[.[^\\]]*]|\\{[^}]*}|\\\\.|.", Pattern.DOTALL);

  public static PackagePattern of(String pattern) {
    StringBuilder regex = new StringBuilder();
    boolean open = false;
    for (Matcher token = TOKEN.matcher(pattern); token.find(); ) {
      String text = token.group();
      String wild = wild(text);
      if (open != (wild != null)) {
        regex.append(open ? ')' : '(');
        open = !open;
      }
      regex.append(wild == null ? Pattern.quote(Glob.unescape(text)) : wild);
    }
    return new PackagePattern(Pattern.compile(regex + (open ? ")" : "")));
  }

  /** Returns the regular expression of a wildcard; null for other text. */
  private static String wild(String token) {
    return switch (token) {
      case "**/" -> "(?:.*/)?";
      case "**" -> ".*";
      case "*" -> "[^/]*";
      case "?" -> "[^/]";
      default ->
          token.length() > 2 && token.startsWith("[")
              ? Glob.regex(token)
              : token.length() > 2 && token.startsWith("{") ? any(token) : null;
    };
  }

  private static String any(String braces) {
    return Stream.of(braces.substring(1, braces.length() - 1).split(",", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining("|", "(?:", ")"));
  }

  /** Returns the name of the package whose build file the pattern matches. */
  public String name(String file) {
    Matcher matcher = regex.matcher(file);
    List<String> parts = new ArrayList<>();
    for (int g = 1; matcher.matches() && g <= matcher.groupCount(); g++) {
      parts.add(matcher.group(g).replaceFirst("/$", ""));
    }
    parts.removeIf(String::isEmpty);
    return parts.isEmpty() ? file : String.join("/", parts);
  }
}
