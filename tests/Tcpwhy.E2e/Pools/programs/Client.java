import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;

/** Client.java MODE HOST PORT */
public class Client {
    static String host;
    static int port;

    static void ask(Socket socket) throws Exception {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
        byte[] answer = new byte[1000];
        if (socket.getInputStream().read(answer) < 0)
            throw new java.io.EOFException();
    }

    interface Work { void run() throws Exception; }

    static void start(int threads, Work work) {
        for (int i = 0; i < threads; i++) {
            new Thread(() -> {
                try {
                    while (true)
                        work.run();
                } catch (Exception e) {
                    throw new RuntimeException(e);
                }
            }).start();
        }
    }

    public static void main(String[] words) throws Exception {
        host = words[1];
        port = Integer.parseInt(words[2]);
        switch (words[0]) {
            case "exhausted" -> {
                LinkedBlockingQueue<Socket> pool = new LinkedBlockingQueue<>();
                for (int i = 0; i < 10; i++)
                    pool.put(new Socket(host, port));
                start(30, () -> {
                    Socket socket = pool.take();
                    ask(socket);
                    pool.put(socket);
                });
            }
            case "no-reuse" -> start(2, () -> {
                HttpURLConnection connection = (HttpURLConnection) URI.create("http://" + host + ":" + port + "/").toURL().openConnection();
                connection.setRequestProperty("Connection", "close");
                connection.getInputStream().readAllBytes();
                Thread.sleep(100);
            });
            case "healthy" -> {
                HttpClient client = HttpClient.newHttpClient();
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/")).version(HttpClient.Version.HTTP_1_1).build();
                start(3, () -> {
                    client.send(request, HttpResponse.BodyHandlers.ofString());
                    Thread.sleep(100);
                });
            }
            case "leak" -> {
                List<Socket> kept = new ArrayList<>();
                start(1, () -> {
                    Socket socket = new Socket(host, port);
                    ask(socket);
                    kept.add(socket);
                    Thread.sleep(200);
                });
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }
}
