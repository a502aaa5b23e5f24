from concurrent.futures import Future
from selectors import BaseSelector
from socket import socket
from typing import Any

class TConn:
    cfg: Any
    parser: Any
    data_ready: bool
    def __init__(self, cfg: Any, sock: Any, client: Any, server: Any) -> None: ...

class ThreadWorker:
    alive: bool
    cfg: Any
    nr_conns: int
    poller: BaseSelector
    tmp: Any
    worker_connections: int
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def accept(self, listener: socket) -> None: ...
    def enqueue_req(self, conn: Any) -> None: ...
    def finish_request(self, conn: Any, fs: Future[Any]) -> None: ...
    def murder_keepalived(self, *, force: bool = ...) -> None: ...
