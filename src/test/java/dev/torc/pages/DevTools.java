package dev.torc.pages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A client of the DevTools protocol for one new page: calls methods, waits for their answers, and
 * keeps the events that come meanwhile. It names no method but those that open the page.
 */
public final class DevTools implements WebSocket.Listener, AutoCloseable {

  /** Seconds after which a wait fails. */
  private static final long PATIENCE = 300;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
  private final StringBuilder part = new StringBuilder();
  private final Map<Integer, JsonNode> answers = new HashMap<>();
  private final List<JsonNode> events = new ArrayList<>();
  private WebSocket socket;
  private String session;
  private int asked;
  private String lost;

  private DevTools() {}

  /** Connects to a browser, and opens a page in it. */
  public static DevTools connect(URI address) throws Exception {
    DevTools tools = new DevTools();
    try {
      tools.socket =
          tools
              .client
              .newWebSocketBuilder()
              .buildAsync(address, tools)
              .get(PATIENCE, TimeUnit.SECONDS);
      JsonNode page = tools.call("Target.createTarget", Map.of("url", "about:blank"));
      tools.session =
          tools
              .call(
                  "Target.attachToTarget",
                  Map.of("targetId", page.get("targetId").textValue(), "flatten", true))
              .get("sessionId")
              .textValue();
      return tools;
    } catch (Throwable e) {
      tools.close();
      throw e;
    }
  }

  /** Calls a method without parameters. */
  JsonNode call(String method) throws Exception {
    return call(method, Map.of());
  }

  /**
   * Calls a method of the protocol.
   *
   * @return its result, never null
   * @throws IOException when the browser refuses it, does not answer or is gone
   */
  JsonNode call(String method, Map<String, ?> parameters) throws Exception {
    int id = ++asked;
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    if (session != null) {
      message.put("sessionId", session);
    }
    socket.sendText(message.toString(), true).get(PATIENCE, TimeUnit.SECONDS);
    await("answer to " + method, () -> answers.containsKey(id));
    JsonNode answer;
    synchronized (this) {
      answer = answers.remove(id);
    }
    if (answer.has("error")) {
      throw new IOException(method + ": " + answer.at("/error/message").asText());
    }
    return answer.path("result");
  }

  /** Waits until one of {@link #events} matches. */
  public void awaitEvent(String what, Predicate<JsonNode> event) throws Exception {
    await(what, () -> events.stream().anyMatch(event));
  }

  /** The events since {@link #forget}, in order, each with {@code method} and {@code params}. */
  public synchronized List<JsonNode> events() {
    return List.copyOf(events);
  }

  /** Forgets the events so far. */
  public synchronized void forget() {
    events.clear();
  }

  private interface Condition {
    boolean holds();
  }

  private synchronized void await(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    while (!condition.holds()) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (lost != null || left <= 0) {
        throw new IOException("no " + what + (lost == null ? " in time" : ": " + lost));
      }
      wait(left);
    }
  }

  private synchronized void receive(JsonNode message) {
    if (message.has("id")) {
      answers.put(message.get("id").intValue(), message);
    } else if (message.path("method").asText().equals("Inspector.targetCrashed")) {
      lost = "the page crashed";
    } else {
      events.add(message);
    }
    notifyAll();
  }

  private synchronized void lose(String why) {
    lost = why;
    notifyAll();
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
    part.append(text);
    if (last) {
      try {
        receive(JSON.readTree(part.toString()));
      } catch (IOException e) {
        lose(e.getMessage());
      }
      part.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    lose("the browser closed the connection");
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    lose("the connection broke: " + error);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
