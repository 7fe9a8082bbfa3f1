package dev.torc.core.run;

import static dev.torc.features.fetch.WebServer.answer;
import static dev.torc.features.fetch.WebServer.cut;

import dev.torc.features.fetch.WebServer;
import dev.torc.features.fetch.WebServer.Answer;
import dev.torc.features.fetch.WebServer.Request;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The web server of a story, whose answers are given in words. */
final class StoryWeb {

  /** A status, after how many bytes the body is cut, headers in brackets, and the body. */
  private static final Pattern ANSWER =
      Pattern.compile("(\\d+)(?:/(\\d+))?((?: \\[[^]]*])*)(?: (.+))?");

  private static final Pattern HEADER = Pattern.compile("\\[(.*?)]");

  private static final Pattern EDIT = Pattern.compile("edit (\\S+) (.*?) then (.*)");

  private final WebServer server;
  private final BiConsumer<String, String> edit;

  /**
   * Starts a server.
   *
   * @param edit writes a file of the story
   */
  StoryWeb(BiConsumer<String, String> edit) throws IOException {
    server = new WebServer();
    this.edit = edit;
  }

  String url() {
    return server.url("");
  }

  /** Says what is answered for a target, one after the other; the last answer stays. */
  void serve(String target, String answers) {
    server.on(target, Stream.of(answers.split(" \\| ")).map(this::read).toArray(Answer[]::new));
  }

  private Answer read(String words) {
    if (words.equals("silence")) {
      return server.silence();
    }
    Matcher first = EDIT.matcher(words);
    if (first.matches()) {
      Answer then = read(first.group(3));
      return (request, out) -> {
        edit.accept(first.group(1), first.group(2));
        then.to(request, out);
      };
    }
    Matcher parts = ANSWER.matcher(words);
    if (!parts.matches()) {
      throw new IllegalArgumentException("no answer: " + words);
    }
    String[] headers =
        HEADER.matcher(parts.group(3)).results().map(each -> each.group(1)).toArray(String[]::new);
    String body = parts.group(4) == null ? "" : parts.group(4);
    return parts.group(2) == null
        ? answer(Integer.parseInt(parts.group(1)), body, headers)
        : cut(body, Integer.parseInt(parts.group(2)), headers);
  }

  /** The requests since the last call, each with those of these headers that it has. */
  List<String> requests(List<String> headers) {
    List<String> all = server.requests.stream().map(each -> line(each, headers)).toList();
    server.requests.clear();
    return all.isEmpty() ? List.of("none") : all;
  }

  private static String line(Request request, List<String> headers) {
    StringBuilder line = new StringBuilder(request.target());
    for (String name : headers) {
      String value = request.header(name);
      line.append(value.isEmpty() ? "" : " " + name + "=" + value);
    }
    return line.toString();
  }

  void close() throws IOException {
    server.close();
  }
}
