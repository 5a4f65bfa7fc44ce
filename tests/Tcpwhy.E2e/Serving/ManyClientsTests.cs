using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tcpwhy.E2e.Program;
using Xunit;

namespace Tcpwhy.E2e.Serving;

/// <summary>The program serves many clients at one time and gives everything back.</summary>
public class ManyClientsTests(BuiltProgram program)
{
    const int Clients = 100;

    [Theory]
    [InlineData("echo"), InlineData("discard"), InlineData("http"), InlineData("http --tls"), InlineData("chargen")]
    public async Task A_hundred_clients_get_what_they_ask_for_and_every_descriptor_comes_back(string mode)
    {
        using RunningProgram listen = await program.StartAsync([], ["listen", "0", "--mode", .. mode.Split(' '), "--format", "json"]);
        int port = PortOf(await listen.SaysAsync("listening"));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AskAsync(mode, port))); // the runtime opens its own late
        int before = await SettledDescriptorsAsync(listen, 0);

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => AskAsync(mode, port)));

        Assert.Equal(before, await SettledDescriptorsAsync(listen, before));
        await listen.SignalAsync("TERM");
        ProgramEnd end = await listen.EndAsync();
        Assert.True(end.Status == 143, end.Error);
        JsonElement connections = JsonDocument.Parse(end.Out).RootElement.GetProperty("connections");
        Assert.Equal(Clients + 5, connections.GetProperty("accepted").GetInt32());
        Assert.Equal(Clients + 5, connections.GetProperty("ended_by").EnumerateObject().Sum(ending => ending.Value.GetInt32()));
    }

    [Fact]
    public async Task Thousands_of_open_connections_cost_a_few_kilobytes_each()
    {
        const int Open = 4000;
        using RunningProgram listen = await program.StartAsync([], "listen", "0", "--mode", "http", "--idle-timeout", "1m", "--format", "json");
        int port = PortOf(await listen.SaysAsync("listening"));
        await AskAsync("http", port);
        long before = Resident(listen.Pid);
        Socket[] open = await Task.WhenAll(Enumerable.Range(0, Open).Select(_ => ConnectAsync(port)));
        foreach (Socket socket in open)
            await GetAsync(new NetworkStream(socket));

        long each = (Resident(listen.Pid) - before) / Open;

        Assert.InRange(each, 0, 12_000);
        // Ended while they are open: each gets a FIN and none a reset.
        await listen.SignalAsync("INT");
        ProgramEnd end = await listen.EndAsync();
        foreach (Socket socket in open)
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]));
            socket.Dispose();
        }
        Assert.Equal(Open, JsonDocument.Parse(end.Out).RootElement.GetProperty("connections").GetProperty("ended_by").GetProperty("our_fin").GetInt32());
    }

    [Fact]
    public async Task A_privileged_port_needs_privilege()
    {
        await program.NeedsNobodyAsync();
        ProgramEnd end = await program.RunAsync(BuiltProgram.AsNobody, "listen", "81");
        Assert.Equal(3, end.Status);
        Assert.Equal("tcpwhy: port 81 is for privileged processes: take one from 1024 on, or run it as root", Assert.Single(end.Complaints));
    }

    static int PortOf(string listening) => int.Parse(listening.Split(',')[0].Split(':')[^1], CultureInfo.InvariantCulture);

    static long Resident(int pid) => File.ReadLines($"/proc/{pid}/status").Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024).Single();

    /// <summary>Its sockets, once they are as many as wanted, or after 5 s.</summary>
    static async Task<int> SettledDescriptorsAsync(RunningProgram listen, int wanted)
    {
        int count = -1;
        for (int tries = 0; tries < 50 && count != wanted; tries++)
        {
            await Task.Delay(100);
            int now = Directory.GetFileSystemEntries($"/proc/{listen.Pid}/fd").Count(fd => new FileInfo(fd).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
            if (wanted == 0 && now == count)
                break;
            count = now;
        }
        return count;
    }

    static async Task<Socket> ConnectAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    static async Task AskAsync(string mode, int port)
    {
        using Socket socket = await ConnectAsync(port);
        await using NetworkStream plain = new(socket);
        byte[] buffer = new byte[5000];
        switch (mode)
        {
            case "echo":
                byte[] sent = [.. Enumerable.Range(0, buffer.Length).Select(i => (byte)(i % 251))];
                await plain.WriteAsync(sent);
                await plain.ReadExactlyAsync(buffer);
                Assert.Equal(sent, buffer);
                break;
            case "discard":
                await plain.WriteAsync(buffer);
                socket.Shutdown(SocketShutdown.Send);
                Assert.Equal(0, await plain.ReadAsync(buffer));
                break;
            case "chargen":
                await plain.ReadExactlyAsync(buffer);
                Assert.All(buffer, c => Assert.True(c is (byte)'\r' or (byte)'\n' or (>= 0x20 and < 0x7F)));
                break;
            case "http":
                for (int i = 0; i < 3; i++)
                    await GetAsync(plain);
                break;
            default:
#pragma warning disable CA5359 // its certificate is thrown away
                await using (SslStream tls = new(plain, true, (_, _, _, _) => true))
#pragma warning restore CA5359
                {
                    await tls.AuthenticateAsClientAsync("localhost");
                    for (int i = 0; i < 3; i++)
                        await GetAsync(tls);
                }
                break;
        }
    }

    static async Task GetAsync(Stream stream)
    {
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        string answer = "";
        byte[] buffer = new byte[200];
        while (!answer.EndsWith("\r\n\r\nAB", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer);
            Assert.True(read > 0, $"ended after '{answer}'");
            answer += Encoding.ASCII.GetString(buffer, 0, read);
        }
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
    }
}
