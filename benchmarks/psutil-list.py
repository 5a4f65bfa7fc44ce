# Lists every TCP socket with its process, as psutil users do.
import psutil

names = {process.pid: process.info["name"] for process in psutil.process_iter(["name"])}
for socket in psutil.net_connections("tcp"):
    print(socket.status, socket.laddr, socket.raddr, socket.pid, names.get(socket.pid))
