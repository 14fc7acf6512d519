"""Puts the stops of one courier in sequence with OR-Tools, PyVRP and VROOM, to compare with.

Takes the seconds for each solver and instance, and the instances' JSON files (github.com/grubhub/tsppdlib). Writes one JSON
object a line: name, peer, cost (null if it found nothing valid), seconds. Every sequence is checked and its cost added up
here, from the instance's own matrix; what a peer says of itself is not believed.
"""

import json
import sys
import time

import pyvrp
import pyvrp.stop
import vroom
from ortools.constraint_solver import pywrapcp, routing_enums_pb2


class Instance:
    def __init__(self, file):
        with open(file, encoding="utf-8") as opened:
            content = json.load(opened)
        self.name = content["name"]
        self.edges = content["edges"]
        index = {node: at for at, node in enumerate(content["nodes"])}
        self.start, self.end = index["+0"], index["-0"]
        pickups = [node for node in content["nodes"] if node.startswith("+") and node != "+0"]
        self.pairs = [(index[node], index["-" + node[1:]]) for node in pickups]

    def cost(self, stops):
        """The cost of a sequence of all stops, or None if it breaks a rule."""
        place = {stop: at for at, stop in enumerate(stops)}
        if sorted(stops) != sorted(stop for pair in self.pairs for stop in pair):
            return None
        if any(place[pickup] > place[delivery] for pickup, delivery in self.pairs):
            return None
        tour = [self.start, *stops, self.end]
        return sum(self.edges[here][there] for here, there in zip(tour, tour[1:]))


def ortools(instance, seconds):
    manager = pywrapcp.RoutingIndexManager(len(instance.edges), 1, [instance.start], [instance.end])
    routing = pywrapcp.RoutingModel(manager)

    def leg(here, there):
        return instance.edges[manager.IndexToNode(here)][manager.IndexToNode(there)]

    legs = routing.RegisterTransitCallback(leg)
    routing.SetArcCostEvaluatorOfAllVehicles(legs)
    routing.AddDimension(legs, 0, sum(map(max, instance.edges)), True, "time")
    elapsed = routing.GetDimensionOrDie("time")
    for pair in instance.pairs:
        pickup, delivery = map(manager.NodeToIndex, pair)
        routing.AddPickupAndDelivery(pickup, delivery)
        routing.solver().Add(elapsed.CumulVar(pickup) <= elapsed.CumulVar(delivery))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(1000 * seconds))
    solution = routing.SolveWithParameters(parameters)
    stops, at = [], routing.Start(0)
    while solution and not routing.IsEnd(at):
        stops.append(manager.IndexToNode(at))
        at = solution.Value(routing.NextVar(at))
    return stops[1:]


def pyvrp_(instance, seconds):
    model = pyvrp.Model()
    places = [model.add_location(0, 0) for _ in instance.edges]
    start, end = model.add_depot(places[instance.start]), model.add_depot(places[instance.end])
    model.add_vehicle_type(1, start_depot=start, end_depot=end)
    for pickup, delivery in instance.pairs:
        model.add_shipment(places[pickup], places[delivery])
    for here, line in zip(places, instance.edges):
        for there, leg in zip(places, line):
            if here is not there:
                model.add_edge(here, there, distance=leg, duration=leg)
    result = model.solve(pyvrp.stop.MaxRuntime(seconds), seed=1, display=False)
    stops = []
    for route in result.best.routes():
        for activity in route:
            pair = instance.pairs[activity.idx] if activity.is_shipment() else None
            if pair:
                stops.append(pair[0] if activity.is_pickup() else pair[1])
    return stops


def vroom_(instance, _seconds):
    problem = vroom.Input()
    problem.set_durations_matrix(profile="car", matrix_input=instance.edges)
    problem.add_vehicle(vroom.Vehicle(0, start=instance.start, end=instance.end))
    steps = {}
    for number, (pickup, delivery) in enumerate(instance.pairs):
        problem.add_shipment(vroom.ShipmentStep(number, pickup), vroom.ShipmentStep(number, delivery))
    # It ends when its local search does; its limit of time cannot be set from Python in this version.
    solution = problem.solve(exploration_level=5, nb_threads=1)
    table = solution.routes
    stops = table[table["type"].isin(["pickup", "delivery"])]
    return [int(stop) for stop in stops["location_index"]]


PEERS = {"OR-Tools": ortools, "PyVRP": pyvrp_, "VROOM": vroom_}


def main():
    seconds = float(sys.argv[1])
    for file in sys.argv[2:]:
        instance = Instance(file)
        for peer, solve in PEERS.items():
            started = time.perf_counter()
            cost = instance.cost(solve(instance, seconds))
            took = time.perf_counter() - started
            print(json.dumps({"name": instance.name, "peer": peer, "cost": cost, "seconds": round(took, 3)}), flush=True)


if __name__ == "__main__":
    main()
